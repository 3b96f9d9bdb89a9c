// Hostile and odd files of every format: each ends quickly, with the right report, and never with a crash.
#include <gmock/gmock.h>

#include <chrono>
#include <functional>

#include "formats/decompress.h"
#include "tests/formats/archives.h"
#include "tests/formats/collect.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;

// A case is slow beyond this even with a sanitizer on a busy machine; without one all take well below a second.
constexpr std::chrono::seconds kPatience(20);
constexpr int kAny = -1;

struct Case {
  std::string name;
  Format format;
  std::string input;
  int units;          // kAny: whatever
  int refusals;       // kAny: whatever
  const char* error;  // part of the final status; "" = OK
};

std::string Repeat(std::string_view text, size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string Tmx(std::string_view units, std::string_view prolog = "") {
  return std::string(prolog) + "<tmx version=\"1.4\"><header srclang=\"en\"/><body>" + std::string(units) +
         "</body></tmx>";
}
std::string Tu(std::string_view seg, std::string_view tuv = "") {
  return "<tu><tuv xml:lang=\"en\"" + std::string(tuv) + "><seg>" + std::string(seg) +
         "</seg></tuv><tuv xml:lang=\"de\"><seg>x</seg></tuv></tu>";
}
std::string X12(std::string_view units, std::string_view prolog = "") {
  return std::string(prolog) +
         "<xliff version=\"1.2\"><file original=\"o\" source-language=\"en\" target-language=\"de\"><body>" +
         std::string(units) + "</body></file></xliff>";
}
std::string U12(std::string_view source, std::string_view attributes = "") {
  return "<trans-unit id=\"1\"" + std::string(attributes) + "><source>" + std::string(source) +
         "</source><target>x</target></trans-unit>";
}
std::string X2(std::string_view units, std::string_view prolog = "") {
  return std::string(prolog) + "<xliff version=\"2.0\" srcLang=\"en\" trgLang=\"de\"><file id=\"f\">" +
         std::string(units) + "</file></xliff>";
}
std::string U2(std::string_view source) {
  return "<unit id=\"1\"><segment><source>" + std::string(source) + "</source><target>x</target></segment></unit>";
}
std::string Po(std::string_view entries) { return "msgid \"\"\nmsgstr \"Language: de\\n\"\n\n" + std::string(entries); }
std::string Utf16(std::string_view ascii, bool little, bool mark) {
  std::string out;
  if (mark) out += little ? "\xFF\xFE" : "\xFE\xFF";
  for (const char c : ascii) {
    if (!little) out.push_back('\0');
    out.push_back(c);
    if (little) out.push_back('\0');
  }
  return out;
}

const char kLaughs[] =
    "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY a \"&lol;&lol;&lol;&lol;\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
const char kXxe[] = "<!DOCTYPE t [<!ENTITY xxe SYSTEM \"file:///etc/passwd\">]>";
const char kParameter[] = "<!DOCTYPE t [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/x\"> %p;]>";
const char kExternal[] = "<!DOCTYPE t SYSTEM \"file:///etc/passwd\">";

// What XML can do to a reader, told three times: the shapes differ, the answers do not.
struct Xml {
  const char* name;
  Format format;
  std::function<std::string(std::string_view, std::string_view)> file;
  std::function<std::string(std::string_view)> unit;
};

std::vector<Case> XmlCases() {
  const Xml kinds[] = {
      {"tmx", Format::kTmx, [](auto u, auto p) { return Tmx(u, p); }, [](auto s) { return Tu(s); }},
      {"xliff1", Format::kXliff12, [](auto u, auto p) { return X12(u, p); }, [](auto s) { return U12(s); }},
      {"xliff2", Format::kXliff2, [](auto u, auto p) { return X2(u, p); }, [](auto s) { return U2(s); }},
  };
  std::vector<Case> cases;
  for (const Xml& xml : kinds) {
    const auto add = [&](const char* name, std::string input, int units, int refusals, const char* error) {
      cases.push_back({std::string(xml.name) + " " + name, xml.format, std::move(input), units, refusals, error});
    };
    const std::string ok = xml.unit("good");
    const std::string whole = xml.file(ok, "");
    add("laughing entities", xml.file(xml.unit("&b;"), kLaughs), 0, 0, "entity \"lol\"");
    add("external entity", xml.file(xml.unit("&xxe;"), kXxe), 0, 0, "entity \"xxe\"");
    add("parameter entity", xml.file(ok, kParameter), 0, 0, "entity");
    add("external DTD", xml.file(ok, kExternal), 1, 0, "");
    add("undeclared entity", xml.file(xml.unit("&xxe;") + ok, ""), 1, 1, "");
    add("entity in a unit", xml.file(xml.unit("<!DOCTYPE a [<!ENTITY x \"y\">]>&x;") + ok, ""), 1, 1, "");
    add("DOCTYPE without end", std::string("<!DOCTYPE t [") + Repeat("<!-- x -->", 200000), 0, 0, "DOCTYPE is longer");
    add("200,000 attributes in the root", "<" + Repeat(" a=\"b\"", 200000) + ">", 0, 0, "first element");
    std::string attributes;
    for (int i = 0; i < 60000; ++i) attributes += " a" + std::to_string(i) + "=\"b\"";
    add("60,000 attributes in a code", xml.file(xml.unit("<ph id=\"1\"" + attributes + "></ph>a") + ok, ""), kAny, kAny,
        "");
    add("20 MB attribute", xml.file("<z a=\"" + Repeat("x", 20 << 20) + "\"/>" + ok, ""), 1, kAny, "");
    add("20 MB attribute in a unit", xml.file(xml.unit("<ph id=\"1\" a=\"" + Repeat("x", 20 << 20) + "\"/>") + ok, ""),
        1, 1, "");
    add("20 MB text", xml.file(xml.unit(Repeat("x", 20 << 20)) + ok, ""), 1, 1, "");
    add("20 MB comment", xml.file("<!-- " + Repeat("x", 20 << 20) + " -->" + ok, ""), 1, kAny, "");
    add("20 MB name", xml.file("<" + Repeat("x", 20 << 20) + "/>" + ok, ""), 1, kAny, "");
    add("a million levels", xml.file(Repeat("<z>", 1000000) + ok, ""), kAny, kAny, "");
    add("100,000 levels in a unit", xml.file(xml.unit(Repeat("<hi>", 100000)) + ok, ""), 1, 1, "");
    add("a million unit starts", xml.file(Repeat(ok.substr(0, ok.find('>') + 1), 100000) + ok, ""), 1, 100000, "");
    add("UTF-16LE with BOM", Utf16(whole, true, true), 1, 0, "");
    add("UTF-16BE with BOM", Utf16(whole, false, true), 1, 0, "");
    add("UTF-16LE without BOM", Utf16(whole, true, false), 1, 0, "");
    add("UTF-16BE without BOM", Utf16(whole, false, false), 1, 0, "");
    add("UTF-16 cut in half a unit", Utf16(whole, true, true) + "x", kAny, kAny, "");
    add("NUL in a text", xml.file(xml.unit(std::string_view("a\0b", 3)) + ok, ""), 1, 1, "");
    add("NUL as a reference", xml.file(xml.unit("a&#0;b") + ok, ""), 1, 1, "");
    add("NUL in a tag", xml.file(std::string("<z\0>", 4) + ok, ""), 1, kAny, "");
    add("lone surrogate", xml.file(xml.unit("a\xED\xA0\x80z") + ok, ""), 1, 1, "");
    add("lone surrogate as a reference", xml.file(xml.unit("a&#xD800;z") + ok, ""), 1, 1, "");
    add("U+FFFE as a reference", xml.file(xml.unit("a&#xFFFE;z") + ok, ""), 1, 1, "");
    add("control as a reference", xml.file(xml.unit("a&#8;z") + ok, ""), 1, 1, "");
    add("overlong UTF-8", xml.file(xml.unit("a\xC0\xAFz") + ok, ""), 1, 1, "");
    add("doubled attribute", xml.file(xml.unit("<ph id=\"1\" id=\"2\"/>a") + ok, ""), 1, 1, "");
    add("CR LF", "<?xml version=\"1.0\"?>\r\n" + xml.file("\r\n" + ok + "\r\n", ""), 1, 0, "");
    add("BOM in the middle",
        xml.file(xml.unit("a\xEF\xBB\xBF"
                          "b") +
                     ok,
                 ""),
        2, 0, "");
    add("two BOMs", "\xEF\xBB\xBF\xEF\xBB\xBF" + whole, kAny, kAny, "not a");
    add("bidi controls",
        xml.file(xml.unit("a\xE2\x80\xAE"
                          "b") +
                     ok,
                 ""),
        2, 0, "");
    add("CDATA that ends a unit", xml.file(xml.unit("<![CDATA[</seg></source></tu></unit>]]>a") + ok, ""), 2, 0, "");
    add("CDATA without end", xml.file(xml.unit("<![CDATA[" + Repeat("x", 2 << 20)) + ok, ""), kAny, kAny, "");
    add("processing instruction without end", "<?xml " + Repeat("x", 2 << 20), 0, 0, "cut off");
    add("another encoding", "<?xml version=\"1.0\" encoding=\"EBCDIC-CP-US\"?>" + whole, 0, 0, "encoding");
    add("two roots", whole + whole, kAny, kAny, "");
    add("content after the root", whole + "more", 1, kAny, "");
    add("another root", "<html>" + whole + "</html>", 0, 0, "first element is <html>");
    add("nothing but white space", " \n ", 0, 0, "not a");
    add("nothing", "", 0, 0, "not a");
    add("zeros", std::string(1 << 20, '\0'), 0, 0, "not a");
    add("an open tag at the end", whole.substr(0, whole.size() - 1), 1, 0, "cut off");
  }
  return cases;
}

std::vector<Case> TmxCases() {
  std::string variants;
  for (int i = 0; i < 10000; ++i) variants += "<tuv xml:lang=\"de\"><seg>x" + std::to_string(i) + "</seg></tuv>";
  const std::string ok = Tu("good");
  return {
      {"tmx doubled xml:lang", Format::kTmx, Tmx(Tu("a", " xml:lang=\"fr\"") + ok), 1, 1, ""},
      {"tmx empty seg", Format::kTmx, Tmx(Tu("") + ok), 1, 1, ""},
      {"tmx seg in seg", Format::kTmx, Tmx(Tu("a<seg>b</seg>") + ok), 1, 1, ""},
      {"tmx 10,000 variants", Format::kTmx, Tmx("<tu>" + variants + "</tu>" + ok), 2, 0, ""},
      {"tmx 10,000 props", Format::kTmx,
       Tmx("<tu>" + Repeat("<prop type=\"x-ContextContent\">a |  | b | </prop>", 10000) + Tu("a").substr(4) + ok), 2, 0,
       ""},
      {"tmx 50,000 codes", Format::kTmx, Tmx(Tu("a" + Repeat("<ph>x</ph>", 50000)) + ok), 2, 0, ""},
      {"tmx 10,000 pairs", Format::kTmx, Tmx(Tu("a" + Repeat("<hi>", 10000) + Repeat("</hi>", 10000)) + ok), 2, 0, ""},
      {"tmx date out of range", Format::kTmx, Tmx("<tu creationdate=\"99999999T999999Z\">" + Tu("a").substr(4)), 1, 0,
       ""},
      {"tmx counts out of range", Format::kTmx, Tmx("<tu usagecount=\"99999999999999999999999\">" + Tu("a").substr(4)),
       1, 0, ""},
  };
}

std::vector<Case> XliffCases() {
  const std::string ok = U12("good");
  std::string segments, targets;
  for (int i = 0; i < 10000; ++i) {
    const std::string mark = "<mrk mtype=\"seg\" mid=\"" + std::to_string(i) + "\">a</mrk>";
    segments += mark;
    targets += mark;
  }
  return {
      {"xliff 10,000 segments", Format::kXliff12,
       X12("<trans-unit id=\"1\"><source>x</source><seg-source>" + segments + "</seg-source><target>" + targets +
           "</target></trans-unit>" + ok),
       10001, 0, ""},
      {"xliff 10,000 segments of one name", Format::kXliff12,
       X12("<trans-unit id=\"1\"><source>x</source><seg-source>" +
           Repeat("<mrk mtype=\"seg\" mid=\"1\">a</mrk>", 10000) + "</seg-source><target>" + targets +
           "</target></trans-unit>" + ok),
       2, 0, ""},
      {"xliff groups without end", Format::kXliff12, X12(Repeat("<group>", 100000) + ok), 0, 0, "nested deeper"},
      {"xliff group ends without start", Format::kXliff12, X12(Repeat("</group>", 100000) + ok), 1, 0, ""},
      {"xliff unit outside of a file", Format::kXliff12, "<xliff version=\"1.2\">" + ok + "</xliff>", 0, 1, ""},
      {"xliff empty file", Format::kXliff12, "<xliff version=\"1.2\"><file original=\"a\"/></xliff>", 0, 0, ""},
      {"xliff language that is none", Format::kXliff12,
       "<xliff version=\"1.2\"><file source-language=\"<\" target-language=\"!!\">" + ok + "</file></xliff>", 0, kAny,
       ""},
      {"xliff 20 MB skeleton", Format::kXliff12,
       "<xliff version=\"1.2\"><file source-language=\"en\" target-language=\"de\"><header><skl><internal-file>" +
           Repeat("eA==\n", 4 << 20) + "</internal-file></skl></header><body>" + ok + "</body></file></xliff>",
       1, 0, ""},
      {"xliff data that is missing", Format::kXliff2, X2(U2("<ph id=\"1\" dataRef=\"d\"/>a") + U2("b")), 1, 1, ""},
      {"xliff 2 pc across everything", Format::kXliff2, X2(U2(Repeat("<pc id=\"1\">", 100) + "a") + U2("b")), 1, 1, ""},
  };
}

std::vector<Case> LineCases() {
  const std::string tsv = "source_lang\ttarget_lang\tsource\ttarget\n";
  const std::string csv = "source_lang,target_lang,source,target\n";
  const std::string json = "{\"variants\":[{\"locale\":\"en\",\"text\":\"a\"},{\"locale\":\"de\",\"text\":\"b\"}]}\n";
  const std::string po = "msgid \"good\"\nmsgstr \"gut\"\n\n";
  std::string members = "{";
  for (int i = 0; i < 80000; ++i) members += "\"a" + std::to_string(i) + "\":1,";
  members += "\"z\":1}\n";
  return {
      {"po 20 MB line", Format::kPo, Po("msgid \"" + Repeat("x", 20 << 20) + "\"\nmsgstr \"y\"\n\n" + po), 1, 1, ""},
      {"po 500,000 strings", Format::kPo, Po("msgid \"\"\n" + Repeat("\"xxxx\"\n", 500000) + "msgstr \"y\"\n\n" + po),
       1, 1, ""},
      {"po 500,000 comments", Format::kPo, Po(Repeat("# xxxx\n", 500000) + "msgid \"a\"\nmsgstr \"y\"\n\n" + po), 1, 1,
       ""},
      {"po a million escapes", Format::kPo, Po("msgid \"" + Repeat("\\n", 400000) + "\"\nmsgstr \"y\"\n\n" + po), 1, 1,
       ""},
      {"po 10,000 plural forms", Format::kPo,
       Po("msgid \"a\"\nmsgid_plural \"b\"\n" + Repeat("msgstr[63] \"x\"\n", 10000) + "\n" + po), 1, 1, ""},
      {"po UTF-16", Format::kPo, Utf16(Po(po), true, true), 1, 0, ""},
      {"po BOM", Format::kPo, "\xEF\xBB\xBF" + Po(po), 1, 0, ""},
      {"po BOM in the middle", Format::kPo, Po("\xEF\xBB\xBF" + po + po), kAny, kAny, ""},
      {"po NUL", Format::kPo, Po(std::string("msgid \"a\0b\"\nmsgstr \"c\"\n\n", 24) + po), kAny, kAny, ""},
      {"po CR LF", Format::kPo, "msgid \"\"\r\nmsgstr \"Language: de\\n\"\r\n\r\nmsgid \"a\"\r\nmsgstr \"b\"\r\n", 1, 0,
       ""},
      {"po charset that is none", Format::kPo, "msgid \"\"\nmsgstr \"charset=../../etc/passwd\\n\"\n", 0, 0,
       "not known"},
      {"po charset of 1 MB", Format::kPo, "msgid \"\"\nmsgstr \"charset=" + Repeat("x", 1 << 20) + "\"\n", 0, 0,
       "not known"},
      {"po zeros", Format::kPo, std::string(3 << 20, '\0'), 0, kAny, ""},
      {"po nothing", Format::kPo, "", 0, 0, ""},
      {"tsv 20 MB cell", Format::kTsv, tsv + "en\tde\t" + Repeat("x", 20 << 20) + "\ty\nen\tde\ta\tb\n", 1, 1, ""},
      {"tsv 500,000 cells", Format::kTsv, tsv + Repeat("\t", 500000) + "\nen\tde\ta\tb\n", 1, 1, ""},
      {"tsv NUL", Format::kTsv, tsv + std::string("en\tde\ta\0\tb\n", 11), kAny, kAny, ""},
      {"csv 20 MB cell", Format::kCsv, csv + "en,de," + Repeat("x", 20 << 20) + ",y\nen,de,a,b\n", 1, 1, ""},
      {"csv a million quotes", Format::kCsv, csv + "en,de," + Repeat("\"", 999999) + ",b\nen,de,a,b\n", kAny, kAny, ""},
      {"csv lost quotes all the way", Format::kCsv, csv + Repeat("en,de,\"a,b\n", 300001), kAny, kAny, ""},
      {"jsonl deep", Format::kJsonl, Repeat("[", 900000) + "\n" + json, 1, 1, ""},
      {"jsonl deep objects", Format::kJsonl, Repeat("{\"a\":", 150000) + "\n" + json, 1, 1, ""},
      {"jsonl 80,000 members", Format::kJsonl, members + json, 1, 1, ""},
      {"jsonl 20 MB line", Format::kJsonl, Repeat("x", 20 << 20) + "\n" + json, 1, 1, ""},
      {"jsonl lone surrogate", Format::kJsonl, "{\"note\":\"\\uDC00\"}\n" + json, 1, 1, ""},
      {"jsonl number out of range", Format::kJsonl, "{\"dropped_contexts\":1e999}\n" + json, 1, 1, ""},
      {"jsonl BOM", Format::kJsonl, "\xEF\xBB\xBF" + json, 1, 0, ""},
      {"text 20 MB line", Format::kText, Repeat("x", 20 << 20) + "\na\tb\n", 1, 1, ""},
      {"text zeros", Format::kText, std::string(1 << 20, '\0') + "\na\tb\n", 1, 1, ""},
  };
}

void RunCases(const std::vector<Case>& cases) {
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    const auto begin = std::chrono::steady_clock::now();
    // 4 KiB a time is how a slow peer feeds, and where a parser that starts over shows.
    const Collected c = ReadInChunks(test.format, {.source_locale = "en", .target_locale = "de"}, test.input, 4096);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, kPatience);
    if (test.units != kAny) {
      EXPECT_EQ(c.units.size(), static_cast<size_t>(test.units));
    }
    if (test.refusals != kAny) {
      EXPECT_EQ(c.refusals.size(), static_cast<size_t>(test.refusals));
    }
    for (const Refusal& refusal : c.refusals) EXPECT_LT(refusal.reason.size(), 1000u);
    if (*test.error != '\0') {
      EXPECT_EQ(c.status.code(), absl::StatusCode::kInvalidArgument) << c.status;
      EXPECT_THAT(MessageOf(c.status), HasSubstr(test.error));
    } else if (test.units != kAny) {
      EXPECT_TRUE(c.status.ok()) << c.status << (c.refusals.empty() ? "" : c.refusals[0].reason);
    }
    EXPECT_LT(MessageOf(c.status).size(), 1000u);
  }
}

TEST(Hostile, EveryCase) {
  size_t count = 0;
  for (const auto& make : {XmlCases, TmxCases, XliffCases, LineCases}) {
    const std::vector<Case> cases = make();
    RunCases(cases);
    count += cases.size();
  }
  EXPECT_GE(count, 180u);
}

// What a compressed file gives before it is found out.
class CountSink : public MemberSink {
 public:
  absl::Status BeginMember(std::string_view) override { return absl::OkStatus(); }
  absl::Status EndMember(const absl::Status&) override { return absl::OkStatus(); }
  absl::Status Write(std::string_view bytes) override {
    written += bytes.size();
    return absl::OkStatus();
  }
  uint64_t written = 0;
};

TEST(Hostile, BombsAndTornArchives) {
  const std::string zeros(80 << 20, '\0');
  const std::string text = Tmx(Repeat(Tu("good"), 1000));
  const struct {
    const char* name;
    std::string input;
    absl::StatusCode code;
  } kCases[] = {
      {"gzip bomb", Gzip(zeros), absl::StatusCode::kResourceExhausted},
      {"zstd bomb", Zstd(zeros), absl::StatusCode::kResourceExhausted},
      {"xz bomb", Xz(zeros), absl::StatusCode::kResourceExhausted},
      {"zip bomb", ZipOf({{.name = "a.tmx", .text = zeros}}), absl::StatusCode::kResourceExhausted},
      {"gzip in gzip", Gzip(Gzip(zeros)), absl::StatusCode::kOk},  // one layer is taken off
      {"torn gzip", Gzip(text).substr(0, 60), absl::StatusCode::kInvalidArgument},
      {"torn zstd", Zstd(text).substr(0, 60), absl::StatusCode::kInvalidArgument},
      {"torn xz", Xz(text).substr(0, 60), absl::StatusCode::kInvalidArgument},
      {"torn zip", ZipOf({{.name = "a", .text = text}}).substr(0, 100), absl::StatusCode::kInvalidArgument},
      {"gzip header alone", Gzip(text).substr(0, 10), absl::StatusCode::kInvalidArgument},
      {"zip header alone", std::string("PK\x03\x04"), absl::StatusCode::kInvalidArgument},
      {"zip of garbage", "PK\x03\x04" + std::string(1000, '\xFF'), absl::StatusCode::kInvalidArgument},
      {"zip with a long name", ZipOf({{.name = std::string(65000, 'n'), .text = "x"}}), absl::StatusCode::kOk},
      {"zip that leaves its folder", ZipOf({{.name = "../../etc/passwd", .text = "x"}}), absl::StatusCode::kOk},
      {"xz of garbage",
       std::string("\xFD"
                   "7zXZ\0",
                   6) +
           std::string(1000, 'x'),
       absl::StatusCode::kInvalidArgument},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.name);
    CountSink sink;
    Decompressor decompressor(&sink);
    absl::Status status = decompressor.Feed(test.input);
    if (status.ok()) status = decompressor.Finish();
    EXPECT_EQ(status.code(), test.code) << status;
    EXPECT_LE(sink.written, kFreeOutputBytes + (1 << 20));
  }
}

}  // namespace
}  // namespace reprise
