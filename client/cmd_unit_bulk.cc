// reprise unit delete-matching|replace: many units at once. Both count first and change nothing without --yes.
#include <memory>

#include "client/command.h"
#include "client/filter_options.h"
#include "client/names.h"
#include "reprise/v1/units.grpc.pb.h"

namespace reprise::client {
namespace {

struct BulkOptions {
  std::string memory;
  std::string locale;
  std::string text;  // to be contained, or to be found
  std::string replacement;
  std::string actor;
  FilterOptions filter;
  bool all = false;
  bool fold = false;
  bool whole_word = false;
  bool yes = false;
  int preview = 20;
};

// What was left alone, as the end of a sentence.
std::string LeftAlone(uint64_t number, const std::string& why) {
  return number == 0 ? "" : "; " + Thousands(number) + " " + why;
}

absl::Status PrintDeleted(Session* session, const v1::DeleteUnitsResponse& response, bool dry_run) {
  JsonWriter json;
  json.BeginObject().Key("dry_run").Bool(dry_run).Key("matched").Uint64(response.matched());
  json.Key("deleted").Uint64(response.deleted());
  json.Key("changed_meanwhile").Uint64(response.changed_meanwhile()).EndObject();
  if (session->json()) return session->PrintLine(json.text());
  if (dry_run) {
    return session->PrintLine(Counted(response.matched(), "unit matches", "units match") +
                              "; nothing was deleted. Give --yes to delete");
  }
  return session->PrintLine("deleted " + Counted(response.deleted(), "unit", "units") +
                            LeftAlone(response.changed_meanwhile(), "left alone, as they changed meanwhile"));
}

absl::Status DeleteMatching(Session* session, const BulkOptions& options) {
  v1::DeleteUnitsRequest request;
  request.set_parent(MemoryName(options.memory));
  RETURN_IF_ERROR(FillFilter(options.filter, request.mutable_filter()));
  request.set_locale(options.locale);
  request.set_contains(options.text);
  request.set_all(options.all);
  request.set_actor(options.actor);
  request.set_dry_run(true);
  RETURN_IF_ERROR(session->Connect());
  auto stub = v1::Units::NewStub(session->channel());
  v1::DeleteUnitsResponse response;
  RETURN_IF_ERROR(FromGrpc(stub->DeleteUnits(session->NewStreamContext().get(), request, &response)));
  if (!options.yes) return PrintDeleted(session, response, true);
  request.set_dry_run(false);
  request.set_expected_count(response.matched());
  RETURN_IF_ERROR(FromGrpc(stub->DeleteUnits(session->NewStreamContext().get(), request, &response)));
  return PrintDeleted(session, response, false);
}

std::string ReplacedJson(const v1::ReplaceTextResponse& response, bool dry_run) {
  JsonWriter json;
  json.BeginObject().Key("dry_run").Bool(dry_run).Key("variants").Uint64(response.variants());
  json.Key("occurrences").Uint64(response.occurrences()).Key("replaced").Uint64(response.replaced());
  json.Key("locked").Uint64(response.locked()).Key("refused").Uint64(response.refused());
  json.Key("doubled").Uint64(response.doubled()).Key("changed_meanwhile").Uint64(response.changed_meanwhile());
  json.Key("previews").BeginArray();
  for (const v1::ReplacePreview& preview : response.previews()) {
    json.BeginObject().Key("unit").String(ShortUnit(preview.unit()));
    json.Key("before").String(preview.before()).Key("after").String(preview.after()).EndObject();
  }
  return json.EndArray().EndObject().text();
}

absl::Status PrintReplaced(Session* session, const v1::ReplaceTextResponse& response, bool dry_run) {
  if (session->json()) return session->PrintLine(ReplacedJson(response, dry_run));
  std::string text;
  for (const v1::ReplacePreview& preview : response.previews()) {
    text += "unit " + Printable(ShortUnit(preview.unit())) + "\n";
    text += "  " + session->out().Paint(Style::kRemoved, "- " + Printable(preview.before())) + "\n";
    text += "  " + session->out().Paint(Style::kAdded, "+ " + Printable(preview.after())) + "\n";
  }
  const std::string kept = LeftAlone(response.locked(), "locked and left alone") +
                           LeftAlone(response.refused(), "left alone, as they would be empty or too long") +
                           LeftAlone(response.doubled(), "left alone, as another unit says the same already") +
                           LeftAlone(response.changed_meanwhile(), "left alone, as they changed meanwhile");
  if (dry_run) {
    text += Counted(response.occurrences(), "occurrence", "occurrences") + " in " +
            Counted(response.variants(), "text", "texts") + kept + "; nothing was changed. Give --yes to replace\n";
  } else {
    text += "changed " + Counted(response.replaced(), "text", "texts") + kept + "\n";
  }
  return session->Print(text);
}

absl::Status Replace(Session* session, const BulkOptions& options) {
  v1::ReplaceTextRequest request;
  request.set_parent(MemoryName(options.memory));
  request.set_locale(options.locale);
  request.set_find(options.text);
  request.set_replacement(options.replacement);
  request.set_fold(options.fold);
  request.set_whole_word(options.whole_word);
  RETURN_IF_ERROR(FillFilter(options.filter, request.mutable_filter()));
  request.set_actor(options.actor);
  request.set_preview_limit(options.preview);
  request.set_dry_run(true);
  RETURN_IF_ERROR(session->Connect());
  auto stub = v1::Units::NewStub(session->channel());
  v1::ReplaceTextResponse response;
  RETURN_IF_ERROR(FromGrpc(stub->ReplaceText(session->NewStreamContext().get(), request, &response)));
  if (!options.yes) return PrintReplaced(session, response, true);
  request.set_dry_run(false);
  request.set_expected_count(response.variants());
  RETURN_IF_ERROR(FromGrpc(stub->ReplaceText(session->NewStreamContext().get(), request, &response)));
  return PrintReplaced(session, response, false);
}

CLI::App* AddVerb(CLI::App* unit, Invocation* invocation, const char* verb, const char* help,
                  const std::shared_ptr<BulkOptions>& options, absl::Status (*run)(Session*, const BulkOptions&)) {
  CLI::App* app = unit->add_subcommand(verb, help)->fallthrough();
  app->add_option("--memory", options->memory, "The memory")->type_name("NAME")->required();
  AddFilterOptions(app, &options->filter);
  app->add_option("--actor", options->actor, "Who does this, for the record")->type_name("NAME");
  app->add_flag("--yes", options->yes, "Do it; without this it is only counted");
  app->callback([=] { invocation->action = [=](Session* session) { return run(session, *options); }; });
  return app;
}

}  // namespace

void AddUnitBulkCommands(CLI::App* unit, Invocation* invocation) {
  auto options = std::make_shared<BulkOptions>();
  CLI::App* remove = AddVerb(unit, invocation, "delete-matching",
                             "Delete all units that match; only counts them without --yes", options, DeleteMatching);
  remove->add_option("--locale", options->locale, "With a text in just this locale that fulfils the rest")
      ->type_name("LOCALE");
  remove->add_option("--contains", options->text, "With this in the text, in any letter case")->type_name("TEXT");
  remove->add_flag("--all", options->all, "Every unit, if nothing else is asked for");

  options = std::make_shared<BulkOptions>();
  CLI::App* replace = AddVerb(unit, invocation, "replace",
                              "Find and replace in the texts of one locale; only shows what would change without --yes",
                              options, Replace);
  replace->add_option("--locale", options->locale, "The locale, just this one")->type_name("LOCALE")->required();
  replace->add_option("--find", options->text, "The text to find, literally")->type_name("TEXT")->required();
  replace->add_option("--with", options->replacement, "What to put in its place; may be empty")
      ->type_name("TEXT")
      ->required();
  replace->add_flag("--fold", options->fold, "Find it in any letter case, width, quotes and spacing, as lookups do");
  replace->add_flag("--whole-word", options->whole_word, "Find it only as whole words");
  replace->add_option("--preview", options->preview, "Texts to show, 1 to 1,000 (default 20)")
      ->type_name("N")
      ->check(CLI::Range(1, 1000));
}

}  // namespace reprise::client
