# SPDX-License-Identifier: GPL-3.0-or-later
# The flags and helpers that every folder shares.

add_compile_definitions(_GNU_SOURCE G_LOG_DOMAIN="sealbatch")
add_compile_options(-Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes
  -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wno-unused-parameter -Wno-missing-field-initializers
  -fstack-protector-strong -fno-math-errno)
if(SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
else()
  add_compile_options($<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
endif()
if(FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link -Wno-error) # gcc is the compiler whose warnings count
endif()
add_compile_options(-fPIE)
add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)

# house_library(NAME DEPENDS core... PRIVATE PkgConfig::X...): the folder's *.c as one static library.
# Its include path is the top of the tree: "#include "core/order.h"".
function(house_library name)
  cmake_parse_arguments(A "" "" "DEPENDS;PRIVATE;SOURCES" ${ARGN})
  if(NOT A_SOURCES)
    file(GLOB A_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  endif()
  add_library(${name} STATIC ${A_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${A_DEPENDS} PkgConfig::GLIB PRIVATE ${A_PRIVATE} m)

  # Every public header must compile alone, with no more than GLib on its include path.
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  set(lone "")
  foreach(header ${headers})
    get_filename_component(stem ${header} NAME_WE)
    set(unit ${CMAKE_CURRENT_BINARY_DIR}/lone_${stem}.c)
    file(CONFIGURE OUTPUT ${unit} CONTENT "#include \"${header}\"\ntypedef int lone_${stem};\n" @ONLY)
    list(APPEND lone ${unit})
  endforeach()
  if(lone)
    add_library(${name}_headers OBJECT ${lone})
    target_include_directories(${name}_headers PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name}_headers PRIVATE ${A_DEPENDS} PkgConfig::GLIB)
  endif()
endfunction()
