# Turns sql/<dialect>/queries.sql and the DDL files into C++: cmake -DLIST=queries.list -DDIALECTS=a,b -DOUT=dir -P embed.cmake
# Fails when a dialect misses a query of the list or has one that the list does not know.

cmake_minimum_required(VERSION 3.25)

# A file as a list of lines would lose its semicolons and brackets: they are masked while CMake handles it.
function(read_masked file result)
  file(READ ${file} text)
  string(REPLACE ";" "\r1" text "${text}")
  string(REPLACE "[" "\r2" text "${text}")
  string(REPLACE "]" "\r3" text "${text}")
  string(REPLACE "\\" "\r4" text "${text}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

function(unmask text result)
  string(REPLACE "\r1" ";" text "${text}")
  string(REPLACE "\r2" "[" text "${text}")
  string(REPLACE "\r3" "]" text "${text}")
  string(REPLACE "\r4" "\\" text "${text}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

get_filename_component(sql ${LIST} DIRECTORY)
string(REPLACE "," ";" DIALECTS "${DIALECTS}")

read_masked(${LIST} text)
string(REGEX MATCHALL "(^|\n)[a-z_]+" names "${text}")
list(TRANSFORM names STRIP)

set(members "")
foreach(name IN LISTS names)
  string(APPEND members "  std::string_view ${name};\n")
endforeach()
file(WRITE ${OUT}/queries.hpp.new "#pragma once

#include <string_view>

namespace db {

struct Queries {
${members}};

")

foreach(dialect IN LISTS DIALECTS)
  string(APPEND externs "extern const Queries ${dialect}_queries;\n")
  set(ddl "")
  foreach(table outbox_delete outbox_mark lease dead cursor)
    if(EXISTS ${sql}/${dialect}/${table}.sql)
      read_masked(${sql}/${dialect}/${table}.sql text)
      unmask("${text}" text)
    else()
      set(text "")
    endif()
    string(APPEND externs "extern const std::string_view ${dialect}_${table}_ddl;\n")
    string(APPEND ddl "const std::string_view ${dialect}_${table}_ddl = R\"sql(${text})sql\";\n")
  endforeach()

  read_masked(${sql}/${dialect}/queries.sql text)
  string(REPLACE "\n-- name: " ";" parts "\n${text}")
  list(POP_FRONT parts)
  set(found "")
  foreach(part IN LISTS parts)
    string(REGEX MATCH "^[a-z_]+" name "${part}")
    if(NOT name IN_LIST names)
      message(FATAL_ERROR "sql/${dialect}/queries.sql: query ${name} is unknown (sql/queries.list)")
    endif()
    if(name IN_LIST found)
      message(FATAL_ERROR "sql/${dialect}/queries.sql: query ${name} stands there twice")
    endif()
    list(APPEND found ${name})
    string(REGEX REPLACE "^[a-z_]+" "" body "${part}")
    string(REGEX REPLACE "\n--[^\n]*" "" body "${body}")
    string(STRIP "${body}" body)
    unmask("${body}" body_${name})
  endforeach()
  set(values "")
  foreach(name IN LISTS names)
    if(NOT name IN_LIST found)
      message(FATAL_ERROR "sql/${dialect}/queries.sql: query ${name} is missing (sql/queries.list)")
    endif()
    string(APPEND values "    .${name} = R\"sql(${body_${name}})sql\",\n")
  endforeach()
  file(WRITE ${OUT}/${dialect}.cpp "#include \"sql/queries.hpp\"

namespace db {

const Queries ${dialect}_queries{
${values}};

${ddl}
}  // namespace db
")
endforeach()
file(APPEND ${OUT}/queries.hpp.new "${externs}
}  // namespace db
")
file(COPY_FILE ${OUT}/queries.hpp.new ${OUT}/queries.hpp ONLY_IF_DIFFERENT)
file(REMOVE ${OUT}/queries.hpp.new)
