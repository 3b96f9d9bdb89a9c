# Compiler options that all of our targets share, as the interface target reprise_options.
add_library(reprise_options INTERFACE)
target_include_directories(reprise_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
target_compile_options(reprise_options INTERFACE -Wall -Wextra -Werror -Werror=unused-result
                                                 -Wno-missing-field-initializers)
# GCC 12 reports these for std::string concatenation at -O3 where there is nothing to report (GCC bug 105651).
target_compile_options(reprise_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-stringop-overflow>)
if(REPRISE_SANITIZE STREQUAL "address")
  target_compile_options(reprise_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined
                                                   -fno-omit-frame-pointer)
  target_link_options(reprise_options INTERFACE -fsanitize=address,undefined)
elseif(REPRISE_SANITIZE STREQUAL "thread")
  target_compile_options(reprise_options INTERFACE -fsanitize=thread -fno-omit-frame-pointer -Wno-tsan)
  target_link_options(reprise_options INTERFACE -fsanitize=thread)
elseif(REPRISE_SANITIZE)
  message(FATAL_ERROR "REPRISE_SANITIZE is '${REPRISE_SANITIZE}'; use address, thread or nothing")
endif()

# reprise_library(name SOURCES ... LIBS ...): one static library per folder.
function(reprise_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC reprise_options ${ARG_LIBS})
endfunction()
