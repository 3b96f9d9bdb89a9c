// What the line-based formats share: lines out of chunks, and the escapes of TSV cells. Not thread-safe.
#ifndef REPRISE_FORMATS_DELIMITED_H_
#define REPRISE_FORMATS_DELIMITED_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "formats/unit_stream.h"

namespace reprise {

// Cuts bytes into lines (LF or CR LF, which `cr()` tells; a byte order mark is dropped) and calls `on_line(line,
// number, too_long)`; a line of more than kMaxTokenBytes arrives empty with `too_long` set. Memory is bounded by
// kMaxTokenBytes.
class LineSplitter {
 public:
  template <typename OnLine>
  absl::Status Feed(std::string_view bytes, OnLine on_line) {
    while (!bytes.empty()) {
      const size_t end = bytes.find('\n');
      const std::string_view piece = bytes.substr(0, end);
      if (end == std::string_view::npos) {
        Keep(piece);
        break;
      }
      bytes.remove_prefix(end + 1);
      if (held_.empty() && !too_long_ && piece.size() <= kMaxTokenBytes) {
        RETURN_IF_ERROR(Emit(piece, on_line));
        continue;
      }
      Keep(piece);
      RETURN_IF_ERROR(Emit(held_, on_line));
    }
    return absl::OkStatus();
  }

  // True in on_line for a line that ends in CR LF (or, the last one, in CR).
  bool cr() const { return cr_; }

  // The last line, if it has no line end.
  template <typename OnLine>
  absl::Status Finish(OnLine on_line) {
    if (held_.empty() && !too_long_) return absl::OkStatus();
    return Emit(held_, on_line);
  }

 private:
  void Keep(std::string_view piece) {
    if (too_long_ || held_.size() + piece.size() > kMaxTokenBytes) {
      too_long_ = true;
      held_.clear();
    } else {
      held_.append(piece);
    }
  }

  template <typename OnLine>
  absl::Status Emit(std::string_view line, OnLine on_line) {
    ++number_;
    if (number_ == 1 && line.substr(0, 3) == "\xEF\xBB\xBF") line.remove_prefix(3);
    cr_ = !line.empty() && line.back() == '\r';
    if (cr_) line.remove_suffix(1);
    absl::Status status = on_line(too_long_ ? std::string_view() : line, number_, too_long_);
    held_.clear();
    too_long_ = false;
    return status;
  }

  std::string held_;
  bool too_long_ = false;
  bool cr_ = false;
  uint64_t number_ = 0;
};

// A reader that takes its file line by line. Not thread-safe.
class LineReader : public UnitReader {
 private:  // first, as its type must be known below
  auto Each() {
    return [this](std::string_view line, uint64_t number, bool too_long) { return Line(line, number, too_long); };
  }

 public:
  absl::Status Feed(std::string_view bytes) final {
    if (status_.ok()) status_ = lines_.Feed(bytes, Each());
    return status_;
  }
  absl::Status Finish() final {
    RETURN_IF_ERROR(status_);
    finishing_ = true;
    RETURN_IF_ERROR(lines_.Finish(Each()));
    return End();
  }

 protected:
  // As LineSplitter's `on_line`. An error ends the reading.
  virtual absl::Status Line(std::string_view line, uint64_t number, bool too_long) = 0;
  // All lines have been taken.
  virtual absl::Status End() { return absl::OkStatus(); }
  // What ends the line that Line was called with last.
  std::string_view line_end() const { return lines_.cr() ? "\r\n" : "\n"; }
  // True in Line for a last line that has no line end.
  bool finishing() const { return finishing_; }

 private:
  LineSplitter lines_;
  absl::Status status_;
  bool finishing_ = false;
};

// A line as it stands in the file, for formats in which a line needs nothing around it; null unless it is kept.
inline std::shared_ptr<const RawUnit> RawLine(const ReadOptions& options, std::string_view line) {
  static const auto* const kNothing = new std::shared_ptr<const UnitFrame>(std::make_shared<const UnitFrame>());
  if (!options.keep_raw || line.empty()) return nullptr;
  return std::make_shared<const RawUnit>(RawUnit{std::string(line) + "\n", *kNothing});
}

// The cells of a line; views into it.
inline void SplitTabs(std::string_view line, std::vector<std::string_view>* cells) {
  cells->clear();
  while (true) {
    const size_t end = line.find('\t');
    cells->push_back(line.substr(0, end));
    if (end == std::string_view::npos) return;
    line.remove_prefix(end + 1);
  }
}

// `\t`, `\n`, `\r` and `\\` -> what they stand for; other escapes are kept as they are.
inline std::string UnescapeCell(std::string_view cell) {
  std::string text;
  text.reserve(cell.size());
  for (size_t i = 0; i < cell.size(); ++i) {
    const char next = cell[i] == '\\' && i + 1 < cell.size() ? cell[i + 1] : '\0';
    const char plain = next == 't' ? '\t' : next == 'n' ? '\n' : next == 'r' ? '\r' : next == '\\' ? '\\' : '\0';
    text.push_back(plain != '\0' ? plain : cell[i]);
    if (plain != '\0') ++i;
  }
  return text;
}

// The reverse: no tab or line end is left.
inline void EscapeCell(std::string_view text, std::string* out) {
  for (const char c : text) {
    switch (c) {
      case '\t': out->append("\\t"); break;
      case '\n': out->append("\\n"); break;
      case '\r': out->append("\\r"); break;
      case '\\': out->append("\\\\"); break;
      default: out->push_back(c);
    }
  }
}

// True if there is nothing but ASCII white space and controls.
inline bool IsBlank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20; });
}

}  // namespace reprise

#endif  // REPRISE_FORMATS_DELIMITED_H_
