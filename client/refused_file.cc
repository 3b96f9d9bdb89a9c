#include "client/refused_file.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "formats/unit_stream.h"

namespace reprise::client {
namespace {

// On one line, and without what would end an XML comment.
std::string Remark(const v1::UnitFrame& frame, const std::string& reason) {
  std::string text = std::string(kRefusedRemark) + reason;
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  for (size_t at = text.find("--"); at != std::string::npos; at = text.find("--", at)) text.insert(at + 1, " ");
  return frame.remark_begin() + text + frame.remark_end();
}

bool SameFrame(const v1::UnitFrame& a, const v1::UnitFrame& b) { return a.head() == b.head() && a.open() == b.open(); }

}  // namespace

absl::Status RefusedFile::Open(const std::string& path, const std::string& input) {
  path_ = path;
  input_ = input == "-" ? "stdin" : input;
  std::error_code error;
  if (path == "-") return FieldError("--refused", "must be a file; stdout has the report");
  if (std::filesystem::equivalent(path, input, error)) {
    return FieldError("--refused", "is the file that is imported; name another one");
  }
  return file_.Open(path);
}

absl::Status RefusedFile::Add(const v1::ImportRefusal& refusal) {
  const std::string reason = "line " + std::to_string(refusal.line()) + ": " +
                             (refusal.unit().empty() ? "" : refusal.unit() + ": ") + refusal.reason();
  if (refusal.raw().empty()) {
    RETURN_IF_ERROR(Flush());
    Say(input_ + ": " + reason + " (no unit that could be written)");
    return absl::OkStatus();
  }
  // Two segments of one unit stand in the file once.
  if (refusal.line() != held_line_ || refusal.raw() != held_) RETURN_IF_ERROR(Flush());
  if (refusal.has_frame()) next_ = refusal.frame();
  held_ = refusal.raw();
  held_line_ = refusal.line();
  held_reasons_.push_back(reason);
  return absl::OkStatus();
}

void RefusedFile::Say(const std::string& reason) { reasons_ += reason + "\n"; }

absl::Status RefusedFile::Write(std::string_view bytes) {
  line_ += static_cast<uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  return file_.Write(bytes);
}

absl::Status RefusedFile::Enter(const v1::UnitFrame& frame) {
  if (begun_ && SameFrame(frame, frame_)) return absl::OkStatus();
  RETURN_IF_ERROR(Write(begun_ ? frame_.close() : frame.head()));
  begun_ = true;
  frame_ = frame;
  return Write(frame.open());
}

absl::Status RefusedFile::Flush() {
  if (held_.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(Enter(next_));
  for (const std::string& reason : held_reasons_) {
    if (frame_.remark_begin().empty()) {
      Say("line " + std::to_string(line_) + " of " + path_ + " was " + input_ + ": " + reason);
    } else {
      RETURN_IF_ERROR(Write(Remark(frame_, reason)));
    }
  }
  RETURN_IF_ERROR(Write(held_));
  if (held_.back() != '\n') RETURN_IF_ERROR(Write("\n"));
  ++units_;
  held_.clear();
  held_reasons_.clear();
  return absl::OkStatus();
}

absl::Status RefusedFile::Commit() {
  RETURN_IF_ERROR(Flush());
  if (!reasons_.empty()) RETURN_IF_ERROR(WriteFile(path_ + ".reasons", reasons_));
  if (!begun_) return absl::OkStatus();
  RETURN_IF_ERROR(Write(frame_.close()));
  RETURN_IF_ERROR(Write(frame_.tail()));
  return file_.Commit();
}

}  // namespace reprise::client
