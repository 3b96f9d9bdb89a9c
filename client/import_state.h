// Which files of a run of `reprise import` have begun, so that --resume goes on after a break: a small file with the
// server's token of each.
//
//   ImportState state(path);                       // ImportState::DefaultPath(...) or --resume-file
//   RETURN_IF_ERROR(state.Load());                 // --resume
//   state.Token("a.tmx");                          // "" = not begun
//   RETURN_IF_ERROR(state.SetToken("a.tmx", token));   // written at once, before any of the file is sent
//   state.Remove();                                // all went well
//
// Not thread-safe.
#ifndef REPRISE_CLIENT_IMPORT_STATE_H_
#define REPRISE_CLIENT_IMPORT_STATE_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"

namespace reprise::client {

class ImportState {
 public:
  // `path` "": nothing is kept.
  explicit ImportState(std::string path) : path_(std::move(path)) {}

  // Below $XDG_STATE_HOME or ~/.local/state, a name that follows from where the store is (an address or the absolute
  // path of a data directory), the memory and the files. "" without a home, or if stdin is among the files.
  static std::string DefaultPath(const std::string& store, const std::string& memory,
                                 const std::vector<std::string>& files);

  const std::string& path() const { return path_; }
  bool Exists() const;
  // Error: NOT_FOUND if nothing broke off; INVALID_ARGUMENT if the file is no such file.
  absl::Status Load();
  // Error: that the file cannot be written.
  absl::Status SetToken(const std::string& file, const std::string& token);
  std::string Token(const std::string& file) const;
  bool empty() const { return tokens_.empty(); }
  void Remove();

 private:
  std::string path_;
  std::map<std::string, std::string> tokens_;  // by file, as it was named
};

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_IMPORT_STATE_H_
