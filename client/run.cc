#include <csignal>
#include <cstdio>
#include <exception>

#include "client/command.h"
#include "client/exit_code.h"

namespace reprise::client {
namespace {

void AddGlobalOptions(CLI::App* app, Invocation* invocation) {
  app->set_help_all_flag("--help-all", "Print the help of every verb and exit");
  app->set_version_flag("--version", "reprise " REPRISE_VERSION, "Print the version and exit");
  app->require_subcommand(1);
  app->fallthrough();
  auto* server =
      app->add_option("--server", invocation->global.server,
                      std::string("Address of reprised, else environment REPRISE_SERVER, else ") + kDefaultServer)
          ->type_name("HOST:PORT");
  app->add_option("--embedded", invocation->global.embedded,
                  "Work on this data directory without a server (none may have it open)")
      ->type_name("DIR")
      ->excludes(server);
  app->add_flag("--json", invocation->global.json, "Print JSON, one object a line; 64-bit ids are strings");
  app->footer(std::string(kExitCodeHelp) +
              "\nColours only on a terminal and without NO_COLOR. `reprise VERB --help` explains a verb.");
}

void PrintError(const absl::Status& status) {
  const Terminal err = Terminal::Standard(stderr);
  std::fprintf(stderr, "%s %s\n", err.Paint(Style::kError, "reprise:").c_str(),
               PrintableLines(MessageOf(status)).c_str());
}

// CLI11 says of a mistyped verb only that a verb is required.
std::string UnknownVerb(const CLI::App& app) {
  const CLI::App* at = &app;
  std::string name = app.get_name();
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    name += " " + at->get_name();
  }
  const std::vector<std::string> rest = app.remaining(true);
  if (at->get_require_subcommand_min() == 0 || rest.empty() || rest.front().front() == '-') return "";
  std::string verbs;
  for (const CLI::App* verb : at->get_subcommands({})) verbs += (verbs.empty() ? "" : ", ") + verb->get_name();
  return "'" + rest.front() + "' is no verb of `" + name + "`; the verbs are " + verbs;
}

int Run(const std::vector<std::string>& arguments) {
  Invocation invocation;
  CLI::App app("Reprise: look up, import and export translation memories, and localize articles with them.", "reprise");
  AddGlobalOptions(&app, &invocation);
  AddMemoryCommand(&app, &invocation);
  AddProfileCommand(&app, &invocation);
  AddImportCommand(&app, &invocation);
  AddLookupCommand(&app, &invocation);
  AddConcordanceCommand(&app, &invocation);
  AddSuggestCommand(&app, &invocation);
  AddLocalizeCommand(&app, &invocation);
  AddPretranslateCommand(&app, &invocation);
  AddAnalyzeCommand(&app, &invocation);
  AddLearnCommand(&app, &invocation);
  AddExportCommand(&app, &invocation);
  AddUnitCommand(&app, &invocation);
  AddAdminCommand(&app, &invocation);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them last first
  } catch (const CLI::RequiredError& error) {
    const std::string unknown = UnknownVerb(app);
    if (unknown.empty()) return app.exit(error), kExitUsage;
    PrintError(InvalidArgument(unknown));
    return kExitUsage;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  Session session(invocation.global);
  const absl::Status status = invocation.action(&session);
  if (!status.ok()) PrintError(status);
  return ExitCodeOf(status);
}

}  // namespace

int RunMain(const std::vector<std::string>& arguments) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that left is an error of the write, not the end of an import
  try {
    return Run(arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "reprise: %s\n", error.what());
    return kExitFailed;
  }
}

}  // namespace reprise::client
