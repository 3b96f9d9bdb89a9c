// What the subcommands share: the global options, the way to the server, and how a verb is added.
//
// To add a verb: write client/cmd_<verb>.cc with Add<Verb>Command, declare it below, call it in AddAllCommands and list
// the file in client/CMakeLists.txt.
//
//   void AddPingCommand(CLI::App* app, Invocation* invocation) {
//     CLI::App* verb = app->add_subcommand("ping", "Ask whether the server is there");
//     verb->callback([=] { invocation->action = [](Session* session) { return session->Connect(); }; });
//   }
#ifndef REPRISE_CLIENT_COMMAND_H_
#define REPRISE_CLIENT_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "base/status.h"
#include "client/session.h"

namespace reprise::client {

// What the command line asked for. Filled while it is parsed, run afterwards.
struct Invocation {
  GlobalOptions global;
  // Does the work; prints its answer to stdout. An error goes to stderr and sets the exit code.
  std::function<absl::Status(Session* session)> action;
};

void AddMemoryCommand(CLI::App* app, Invocation* invocation);
void AddProfileCommand(CLI::App* app, Invocation* invocation);
void AddImportCommand(CLI::App* app, Invocation* invocation);
void AddLookupCommand(CLI::App* app, Invocation* invocation);
void AddConcordanceCommand(CLI::App* app, Invocation* invocation);
void AddSuggestCommand(CLI::App* app, Invocation* invocation);
void AddLocalizeCommand(CLI::App* app, Invocation* invocation);
void AddPretranslateCommand(CLI::App* app, Invocation* invocation);
void AddAnalyzeCommand(CLI::App* app, Invocation* invocation);
void AddLearnCommand(CLI::App* app, Invocation* invocation);
void AddExportCommand(CLI::App* app, Invocation* invocation);
void AddUnitCommand(CLI::App* app, Invocation* invocation);
void AddAdminCommand(CLI::App* app, Invocation* invocation);
// Verbs of `unit` and of `memory` that work on many units.
void AddUnitBulkCommands(CLI::App* unit, Invocation* invocation);
void AddMemoryUpkeepCommands(CLI::App* memory, Invocation* invocation);

// Parses `arguments` (without the program's name), runs the verb, prints. Returns the exit code. Never throws.
int RunMain(const std::vector<std::string>& arguments);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_COMMAND_H_
