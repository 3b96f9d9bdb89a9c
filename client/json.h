// JSON for --json: a writer that puts one value after the other, on one line.
//
//   JsonWriter json;
//   json.BeginObject().Key("name").String("news").Key("units").Uint64(12).EndObject();
//   json.text() == R"({"name":"news","units":"12"})"
//
// 64-bit numbers that are ids or come from a 64-bit field are strings, as in protobuf's JSON (a double holds 53 bits).
// Not thread-safe.
#ifndef REPRISE_CLIENT_JSON_H_
#define REPRISE_CLIENT_JSON_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace reprise::client {

// `text` as a JSON string with its quotes. Control characters (C0, DEL, C1), U+2028 and U+2029 are escaped, so that no
// terminal or line reader acts on them; bytes that are not UTF-8 become U+FFFD.
std::string JsonString(std::string_view text);

class JsonWriter {
 public:
  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }
  // The name of the next value. REQUIRES: within an object.
  JsonWriter& Key(std::string_view name);
  JsonWriter& String(std::string_view value) { return Raw(JsonString(value)); }
  JsonWriter& Number(int64_t value) { return Raw(std::to_string(value)); }
  // With at most six digits after the point; not-a-number and infinities are null.
  JsonWriter& Double(double value);
  // A 64-bit number, as a string.
  JsonWriter& Uint64(uint64_t value) { return Raw("\"" + std::to_string(value) + "\""); }
  JsonWriter& Bool(bool value) { return Raw(value ? "true" : "false"); }
  JsonWriter& Null() { return Raw("null"); }

  const std::string& text() const { return text_; }

 private:
  JsonWriter& Open(char bracket);
  JsonWriter& Close(char bracket);
  // Appends a value that is JSON already, with the comma before it where one is due.
  JsonWriter& Raw(std::string_view value);

  std::string text_;
  bool comma_ = false;  // the next value or key stands after another one
};

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_JSON_H_
