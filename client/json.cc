#include "client/json.h"

#include <cmath>
#include <cstdio>

#include "client/utf8.h"

namespace reprise::client {
namespace {

void AppendEscaped(char32_t c, std::string* out) {
  switch (c) {
    case '"': *out += "\\\""; return;
    case '\\': *out += "\\\\"; return;
    case '\b': *out += "\\b"; return;
    case '\f': *out += "\\f"; return;
    case '\n': *out += "\\n"; return;
    case '\r': *out += "\\r"; return;
    case '\t': *out += "\\t"; return;
    default: break;
  }
  if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029) {
    char buffer[8];
    std::snprintf(buffer, sizeof(buffer), "\\u%04x", static_cast<unsigned>(c));
    *out += buffer;
    return;
  }
  AppendCodePoint(c, out);
}

}  // namespace

std::string JsonString(std::string_view text) {
  std::string out = "\"";
  out.reserve(text.size() + 2);
  while (!text.empty()) AppendEscaped(NextCodePoint(&text), &out);
  out += '"';
  return out;
}

JsonWriter& JsonWriter::Key(std::string_view name) {
  Raw(JsonString(name));
  text_ += ':';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::Double(double value) {
  if (!std::isfinite(value)) return Null();
  char buffer[64];
  std::snprintf(buffer, sizeof(buffer), "%.6f", value);
  std::string digits = buffer;
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  return Raw(digits == "-0" ? "0" : digits);
}

JsonWriter& JsonWriter::Open(char bracket) {
  Raw(std::string_view(&bracket, 1));
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::Close(char bracket) {
  text_ += bracket;
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::Raw(std::string_view value) {
  if (comma_) text_ += ',';
  text_ += value;
  comma_ = true;
  return *this;
}

}  // namespace reprise::client
