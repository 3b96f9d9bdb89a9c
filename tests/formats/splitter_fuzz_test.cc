// 10,000 mutated inputs a format, the same every time: no crash, the same result whatever the chunks, and every unit
// that begins is delivered or refused exactly once.
#include <string>

#include "tests/formats/collect.h"

namespace reprise {
namespace {

constexpr int kInputs = 10000;

const char kTmx[] =
    "<?xml version=\"1.0\"?>\n<!DOCTYPE tmx SYSTEM \"tmx14.dtd\">\n<tmx version=\"1.4\"><header "
    "srclang=\"en\"/>\n<body>\n"
    "<tu tuid=\"1\"><prop type=\"x-reprise-document\">d</prop><tuv xml:lang=\"en\"><seg>A &amp; <bpt i=\"1\">b</bpt>c"
    "<ept i=\"1\">/b</ept></seg></tuv>\n<tuv xml:lang=\"de\"><seg>D\xC3\xA9</seg></tuv></tu>\n"
    "<!-- note --><tu tuid='2'><tuv lang=\"ru\"><seg>x<![CDATA[<y>]]></seg></tuv></tu>\n"
    "<tu><note>n</note><tuv xml:lang=\"ja\"><seg>\xE6\x97\xA9<ph type=\"a\">p<sub>s</sub></ph></seg></tuv></tu>\n"
    "</body></tmx>\n";

std::string Mutate(std::string text, TestRandom* random) {
  static const char* const kPieces[] = {"<tu>",  "</tu>", "<",      ">",       "\"",    "'",    "&",      "<!--",
                                        "-->",   "\n",    "</seg>", "<tu",     "\xFF",  "\xC3", "]]>",    "<![CDATA[",
                                        "&#31;", "<?x",   "?>",     "</body>", "</tuv", "\t",   "<edge>", "\\"};
  const uint32_t edits = 1 + random->Below(4);
  for (uint32_t i = 0; i < edits && !text.empty(); ++i) {
    const size_t at = random->Below(static_cast<uint32_t>(text.size()));
    switch (random->Below(5)) {
      case 0: text.erase(at, 1 + random->Below(8)); break;
      case 1: text[at] = static_cast<char>(random->Below(256)); break;
      case 2: text.insert(at, kPieces[random->Below(sizeof(kPieces) / sizeof(kPieces[0]))]); break;
      case 3: text.insert(at, text.substr(random->Below(static_cast<uint32_t>(text.size())), random->Below(60))); break;
      default: text.resize(random->Below(4) == 0 ? at : text.size()); break;
    }
  }
  return text;
}

// Counts "<tu" tags outside comments, CDATA, instructions and DOCTYPE on the whole text: slow, plain, no states kept.
size_t UnitStarts(std::string_view text) {
  size_t count = 0;
  const auto skip = [&text](size_t at, std::string_view end) { return std::min(text.find(end, at), text.size()); };
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '<') {
      ++at;
    } else if (text.substr(at, 4) == "<!--") {
      at = skip(at + 4, "-->");
      at += at < text.size() ? 3 : 0;
    } else if (text.substr(at, 9) == "<![CDATA[") {
      at = skip(at + 9, "]]>");
      at += at < text.size() ? 3 : 0;
    } else if (text.substr(at, 2) == "<?") {
      at = skip(at + 2, "?>");
      at += at < text.size() ? 2 : 0;
    } else {
      // A tag: up to its `>` outside quotes, or to the next `<`.
      size_t end = at + 1;
      char quote = 0;
      while (end < text.size() && text[end] != '<' && (quote != 0 || text[end] != '>')) {
        if (quote != 0 && text[end] == quote) {
          quote = 0;
        } else if (quote == 0 && (text[end] == '"' || text[end] == '\'')) {
          quote = text[end];
        }
        ++end;
      }
      // One that the end of the text cuts off has not begun a unit yet.
      const std::string_view tag = text.substr(at, end - at);
      const bool name = tag.substr(0, 3) == "<tu" &&
                        (tag.size() == 3 || std::string_view(" \t\r\n/").find(tag[3]) != std::string_view::npos);
      if (end < text.size() && name) ++count;
      at = end < text.size() && text[end] == '>' ? end + 1 : end;
    }
  }
  return count;
}

TEST(FormatFuzz, Tmx) {
  TestRandom random(1);
  size_t read_through = 0;
  for (int i = 0; i < kInputs; ++i) {
    const std::string input = Mutate(kTmx, &random);
    const Collected whole = ReadInChunks(Format::kTmx, {}, input, 1 << 16);
    const size_t chunk = 1 + random.Below(9);
    ASSERT_TRUE(ReadInChunks(Format::kTmx, {}, input, chunk) == whole) << i << "\n" << input;
    ASSERT_TRUE(std::is_sorted(whole.lines.begin(), whole.lines.end())) << i << "\n" << input;
    for (const auto& [line, unit] : whole.units) ASSERT_FALSE(unit.variants.empty()) << i << "\n" << input;
    // A DOCTYPE in the middle or a wrong root stops the file as a whole.
    const bool stopped = !whole.status.ok() && MessageOf(whole.status).find("cut off") == std::string::npos;
    const size_t doctype = input.find("<!DOCTYPE");
    if (stopped || doctype == std::string::npos || doctype != input.find("<!DOCTYPE tmx SYSTEM \"tmx14.dtd\">"))
      continue;
    ++read_through;
    size_t outside = 0;  // refusals that are not about a unit that begins
    for (const Refusal& r : whole.refusals) {
      outside += r.reason.find("outside of any unit") != std::string::npos ||
                 r.reason.find("the <header> is not") != std::string::npos;
    }
    ASSERT_EQ(whole.total() - outside, UnitStarts(input)) << i << "\n" << input;
  }
  EXPECT_GT(read_through, static_cast<size_t>(kInputs) / 2);
}

TEST(FormatFuzz, LineFormats) {
  const std::string tsv =
      "source_lang\ttarget_lang\tsource\ttarget\tcontext\n"
      "en\tde\tOne\\n\tEins\tf|k\nen\tru\tTwo\t\xD0\xB4\xD0\xB2\xD0\xB0\tf\nen\tja\tThree\t\xE4\xB8\x89\t\r\n";
  TestRandom random(2);
  const ReadOptions options{.source_locale = "en", .target_locale = "de"};
  for (int i = 0; i < kInputs; ++i) {
    const std::string input = Mutate(tsv, &random);
    for (const Format format : {Format::kTsv, Format::kText}) {
      const Collected whole = ReadInChunks(format, options, input, 1 << 16);
      ASSERT_TRUE(ReadInChunks(format, options, input, 1 + random.Below(9)) == whole) << i << "\n" << input;
      ASSERT_TRUE(std::is_sorted(whole.lines.begin(), whole.lines.end())) << i << "\n" << input;
      if (!whole.status.ok()) continue;
      size_t lines = 0;
      for (size_t at = 0; at < input.size();) {
        const size_t end = std::min(input.find('\n', at), input.size());
        std::string_view line = std::string_view(input).substr(at, end - at);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        lines += line.empty() ? 0 : 1;
        at = end + 1;
      }
      // The header is no unit; a file whose first line became data has one unit more.
      const size_t units = whole.total();
      ASSERT_TRUE(units == lines || (format == Format::kTsv && units + 1 == lines)) << i << "\n" << input;
    }
  }
}

const char kXliff12[] =
    "<?xml version=\"1.0\"?>\n<xliff version=\"1.2\"><file original=\"o\" source-language=\"en\" "
    "target-language=\"de\"><body>\n<trans-unit id=\"1\" resname=\"k\"><source>A <g id=\"1\">b</g> <ph "
    "id=\"2\">p<sub>s</sub></ph></source><target state=\"final\">C</target><note>n</note></trans-unit>\n<group "
    "translate=\"no\"><trans-unit id=\"2\"><source>x</source></trans-unit></group>\n<trans-unit "
    "id=\"3\"><source>D. E.</source><seg-source><mrk mtype=\"seg\" mid=\"1\">D.</mrk> <mrk mtype=\"seg\" "
    "mid=\"2\">E.</mrk></seg-source><target><mrk mtype=\"seg\" mid=\"1\">F.</mrk></target></trans-unit>\n"
    "</body></file></xliff>\n";
const char kXliff2[] =
    "<xliff version=\"2.1\" srcLang=\"en\" trgLang=\"de\"><file id=\"f\">\n<unit id=\"1\" "
    "name=\"k\"><originalData><data "
    "id=\"d\">&lt;b&gt;</data></originalData><segment state=\"final\"><source>A<cp hex=\"0007\"/> <pc id=\"1\" "
    "dataRefStart=\"d\">b</pc></source><target>C <sc id=\"1\"/>d<ec startRef=\"1\"/></target></segment></unit>\n<unit "
    "id=\"2\"><segment><source>D</source><target>E</target></segment></unit></file></xliff>\n";
const char kPo[] =
    "msgid \"\"\nmsgstr \"Language: de\\n\"\n\n# n\n#: a.c:1\n#, c-format\nmsgctxt \"k\"\nmsgid \"One "
    "\\\"%s\\\"\"\nmsgstr "
    "\"\"\n\"Eins\"\n\n#, fuzzy\n#| msgid \"Tw\"\nmsgid \"Two\"\nmsgid_plural \"Twos\"\nmsgstr[0] \"Zwei\"\nmsgstr[1] "
    "\"Zweien\"\n\n#~ msgid \"x\"\n#~ msgstr \"y\"\nmsgid \"Three\"\nmsgstr \"Drei\"\n";
const char kCsv[] =
    "source_lang,target_lang,source,target,key\nen,de,\"One, "
    "\"\"two\"\"\n\",Eins,k\nen,de,Two,Zwei,\"\"\nen,ru,a,b,c\r\n";
const char kJsonl[] =
    "{\"variants\":[{\"locale\":\"en\",\"text\":\"a\\u00e9\",\"codes\":[{\"position\":1}]},{\"locale\":\"de\",\"text\":"
    "\"b\"}],"
    "\"contexts\":[{\"key\":\"k\",\"next\":{\"en\":{\"state\":\"edge\"}}}]}\n{\"variants\":[{\"locale\":\"en\"}],"
    "\"note\":"
    "\"n\"}\n";

// The files that have no slow counter: what holds for every input is that chunks do not matter and that lines rise.
TEST(FormatFuzz, TheOthersReadTheSameInAnyChunks) {
  const std::pair<Format, const char*> kFiles[] = {{Format::kXliff12, kXliff12},
                                                   {Format::kXliff2, kXliff2},
                                                   {Format::kPo, kPo},
                                                   {Format::kCsv, kCsv},
                                                   {Format::kJsonl, kJsonl}};
  TestRandom random(3);
  const ReadOptions options{.source_locale = "en", .target_locale = "de"};
  for (const auto& [format, file] : kFiles) {
    ASSERT_TRUE(ReadInChunks(format, options, file, 7).status.ok()) << file;
    size_t units = 0;
    for (int i = 0; i < kInputs; ++i) {
      const std::string input = Mutate(file, &random);
      const Collected whole = ReadInChunks(format, options, input, 1 << 16);
      ASSERT_TRUE(ReadInChunks(format, options, input, 1 + random.Below(9)) == whole) << i << "\n" << input;
      ASSERT_TRUE(std::is_sorted(whole.lines.begin(), whole.lines.end())) << i << "\n" << input;
      units += whole.units.size();
    }
    EXPECT_GT(units, static_cast<size_t>(kInputs) / 2) << file;
  }
}

}  // namespace
}  // namespace reprise
