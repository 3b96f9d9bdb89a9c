#include "client/import_state.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "base/stream_hash.h"
#include "client/output_file.h"
#include "formats/delimited.h"

namespace reprise::client {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstLine = "reprise import, resume 1";

std::string Absolute(const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  return error ? path : absolute.lexically_normal().string();
}

std::string StateFolder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::string(state) + "/reprise/imports";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return std::string(home) + "/.local/state/reprise/imports";
  return std::string();
}

}  // namespace

std::string ImportState::DefaultPath(const std::string& store, const std::string& memory,
                                     const std::vector<std::string>& files) {
  const std::string folder = StateFolder();
  if (folder.empty()) return std::string();
  StreamHash hash;
  const auto add = [&hash](const std::string& text) {
    hash.Add(text);
    hash.Add(std::string_view("\0", 1));
  };
  add(store.find(':') == std::string::npos ? Absolute(store) : store);
  add(memory);
  for (const std::string& file : files) {
    if (file == "-") return std::string();
    add(Absolute(file));
  }
  std::string name;
  for (const char c : hash.Sum()) {
    constexpr char kHex[] = "0123456789abcdef";
    name.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
    name.push_back(kHex[static_cast<unsigned char>(c) & 15]);
  }
  return folder + "/" + name;
}

bool ImportState::Exists() const {
  std::error_code error;
  return !path_.empty() && fs::exists(path_, error);
}

absl::Status ImportState::Load() {
  if (path_.empty()) {
    return FieldError("--resume", "needs --resume-file here: stdin has no name by which its state could be found");
  }
  std::ifstream in(path_);
  if (!in) {
    return NotFound("--resume: no import of this into this memory broke off (there is no " + path_ +
                    "); leave --resume out, or, if the server had another address then, name what that import left, " +
                    "the newest file beside that path, with --resume-file");
  }
  std::string line;
  if (!std::getline(in, line) || line != kFirstLine) {
    return FieldError("--resume", path_ + " is not what an import leaves behind; remove it and import anew");
  }
  std::vector<std::string_view> cells;
  while (std::getline(in, line)) {
    SplitTabs(line, &cells);
    if (cells.size() == 2) tokens_[UnescapeCell(cells[0])] = std::string(cells[1]);
  }
  return absl::OkStatus();
}

absl::Status ImportState::SetToken(const std::string& file, const std::string& token) {
  tokens_[file] = token;
  if (path_.empty()) return absl::OkStatus();
  std::string text(kFirstLine);
  text.push_back('\n');
  for (const auto& [name, of_file] : tokens_) {
    EscapeCell(name, &text);
    text += "\t" + of_file + "\n";
  }
  std::error_code error;
  const fs::path folder = fs::path(path_).parent_path();
  if (!folder.empty()) fs::create_directories(folder, error);
  return WriteFile(path_, text);
}

std::string ImportState::Token(const std::string& file) const {
  const auto it = tokens_.find(file);
  return it == tokens_.end() ? std::string() : it->second;
}

void ImportState::Remove() {
  if (!path_.empty()) unlink(path_.c_str());
}

}  // namespace reprise::client
