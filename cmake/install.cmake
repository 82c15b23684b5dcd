# SPDX-License-Identifier: GPL-3.0-or-later
# `cmake --install build --prefix /usr` (DESTDIR works), `ninja package` for a .deb. The tree can stand anywhere: the
# program finds its worker beside itself and its models from where it lies. Profiles, review page and languages are in it.
include(GNUInstallDirs)

# Both programs lie together; people call a link.
set(home ${CMAKE_INSTALL_LIBEXECDIR}/sealbatch)
file(RELATIVE_PATH called /${CMAKE_INSTALL_BINDIR} /${home}/sealbatch)
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/link)
file(CREATE_LINK ${called} ${CMAKE_CURRENT_BINARY_DIR}/link/sealbatch SYMBOLIC)
install(TARGETS sealbatch sealbatch-worker RUNTIME DESTINATION ${home})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/link/sealbatch DESTINATION ${CMAKE_INSTALL_BINDIR})

set(data ${CMAKE_INSTALL_DATADIR}/sealbatch)
install(FILES ocr/model/sbcode.traineddata ocr/model/sbid.traineddata ocr/hanzi/hanzi.model DESTINATION ${data}/models)
file(GLOB profiles CONFIGURE_DEPENDS pipeline/profiles/*.conf)
install(FILES ${profiles} DESTINATION ${data}/profiles) # to copy from: those that hold are in the program

install(FILES packaging/sealbatch.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES packaging/sealbatch.cron packaging/sealbatch.service packaging/sealbatch.timer packaging/vendor.conf
  DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)

set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_CONTACT "the sealbatch makers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "batch production of UKeys with certificates and electronic seals")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "tesseract-ocr-eng")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "fonts-noto-cjk")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "softhsm2, pcscd")
include(CPack)
