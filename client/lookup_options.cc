#include "client/lookup_options.h"

#include "client/names.h"

namespace reprise::client {

void AddLookupHow(CLI::App* verb, int default_threshold, LookupHow* how) {
  how->threshold_option = verb->add_option("--threshold", how->threshold,
                                           "Lowest score, 1 to 100 (default " + std::to_string(default_threshold) + ")")
                              ->type_name("N");
  how->floor_option = verb->add_option("--floor", how->floor,
                                       "If too few are found, fill up with weaker ones down to this score,\n1 to "
                                       "the threshold (default: do not)")
                          ->type_name("N");
  how->max_results_option =
      verb->add_option("--max-results", how->max_results, "At most so many matches, 1 to 1,000 (default 5)")
          ->type_name("N");
  how->adapt_option = verb->add_flag(
      "--adapt", how->adapt, "Fit initial case, end marks and outer white space of the translations to the text");
  how->pivot_option =
      verb->add_flag("--pivot", how->pivot,
                     "Also find translations by way of a third language that two units of a\nmemory share (marked, "
                     "10 points off)");
  how->other_scripts_option =
      verb->add_flag("--other-scripts", how->other_scripts,
                     "Also take other scripts of the same languages (zh-TW for zh-CN, 5 points off)");
  verb->add_option("--order", how->order,
                   "score (default; what translators expect) or relevance (for programs\nthat fetch examples)")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kOrderWords), std::end(kOrderWords))));
}

void FillHow(const LookupHow& how, v1::LookupOptions* options) {
  const auto given = [](const CLI::Option* option) { return option != nullptr && option->count() > 0; };
  if (given(how.threshold_option)) options->set_threshold(how.threshold);
  if (given(how.floor_option)) options->set_floor(how.floor);
  if (given(how.max_results_option)) options->set_max_results(how.max_results);
  if (given(how.adapt_option)) options->set_adapt(how.adapt);
  if (given(how.pivot_option)) options->set_pivot(how.pivot);
  if (given(how.other_scripts_option)) options->set_other_scripts(how.other_scripts);
  if (!how.order.empty()) options->set_order(OrderOf(how.order));
}

void AddLookupArguments(CLI::App* verb, int default_threshold, LookupArguments* arguments) {
  AddWhereOptions(verb, "The memory; several: the first wins where they hold the same match", &arguments->where);
  verb->add_option("--from", arguments->from, "Locale of the text")->type_name("LOCALE")->required();
  AddLookupHow(verb, default_threshold, &arguments->how);
  verb->add_flag(
      "--sentences", arguments->sentences,
      "Unless a match has 94 or more, also find the text as a sentence of longer stored segments (94 at most)");
  AddFilterOptions(verb, &arguments->filter);
}

absl::Status FillLookup(const LookupArguments& arguments, v1::LookupStreamRequest* request) {
  FillWhere(arguments.where, request);
  v1::LookupOptions* options = request->mutable_options();
  FillHow(arguments.how, options);
  options->set_want_total(arguments.total);
  options->set_explain_plan(arguments.explain_plan);
  if (arguments.fragments) options->set_fragments(v1::FRAGMENT_MODE_IF_NO_MATCH);
  if (arguments.always_fragments) options->set_fragments(v1::FRAGMENT_MODE_ALWAYS);
  options->set_assemble(arguments.assemble);
  options->set_sentences(arguments.sentences);
  return SetFilter(arguments.filter, options);
}

}  // namespace reprise::client
