"""Hostile files of every format, made here one at a time: what each is, and how its import has to end."""
import gzip
import io
import lzma
import zipfile
from dataclasses import dataclass

MB = 1 << 20
ANY = None


@dataclass
class Case:
    """`units` of the file are taken and `refused` are named, both ANY where a format may see it otherwise.

    `error` is part of what ends the import with exit code 1; None: it ends with 0."""
    name: str
    format: str
    content: bytes
    units: int = ANY
    refused: int = ANY
    error: str = None


def utf16(text, encoding, mark=b""):
    return mark + text.encode(encoding)


def tmx(units, prolog=""):
    return f'{prolog}<tmx version="1.4"><header srclang="en"/><body>{units}</body></tmx>'


def tu(seg, tuv=""):
    return (f'<tu><tuv xml:lang="en"{tuv}><seg>{seg}</seg></tuv>'
            '<tuv xml:lang="de"><seg>x</seg></tuv></tu>')


def xliff(units, prolog=""):
    return (f'{prolog}<xliff version="1.2"><file original="o" source-language="en" target-language="de"><body>'
            f"{units}</body></file></xliff>")


def trans_unit(source):
    return f'<trans-unit id="1"><source>{source}</source><target>x</target></trans-unit>'


def xliff2(units, prolog=""):
    return f'{prolog}<xliff version="2.0" srcLang="en" trgLang="de"><file id="f">{units}</file></xliff>'


def unit(source):
    return f'<unit id="1"><segment><source>{source}</source><target>x</target></segment></unit>'


def po(entries):
    return 'msgid ""\nmsgstr "Language: de\\n"\n\n' + entries


LAUGHS = ('<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY a "&lol;&lol;&lol;&lol;">'
          '<!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>')


def declares(what):
    return f"<!DOCTYPE t [{what}]>"


def xml_cases():
    for name, file, one in (("tmx", tmx, tu), ("xliff", xliff, trans_unit), ("xliff2", xliff2, unit)):
        good = one("good")

        def case(title, content, units=ANY, refused=ANY, error=None):
            data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
            return Case(f"{name}: {title}", name, data, units, refused, error)

        yield case("laughing entities", file(one("&c;"), LAUGHS), error='entity "lol"')
        for title, where in (("a file", "file:///etc/passwd"), ("http", "http://127.0.0.1:1/x"),
                             ("a path", "/etc/hostname"), ("ftp", "ftp://127.0.0.1/x")):
            prolog = declares(f'<!ENTITY xxe SYSTEM "{where}">')
            yield case(f"external entity of {title}", file(one("&xxe;"), prolog), error='entity "xxe"')
            yield case(f"parameter entity of {title}",
                       file(good, declares(f'<!ENTITY % p SYSTEM "{where}"> %p;')), error="entity")
            yield case(f"external DTD of {title}", file(good, f'<!DOCTYPE t SYSTEM "{where}">'), 1, 0)
        yield case("XInclude", file(good + '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
                                    'href="file:///etc/passwd" parse="text"/>'), 1)
        yield case("a stylesheet", '<?xml-stylesheet href="http://127.0.0.1:1/x.xsl"?>' + file(good), 1, 0)
        yield case("200,000 attributes of the root", "<" + ' a="b"' * 200000 + ">", error="first element")
        yield case("200,000 attributes of a code", file(one("<ph id=\"1\"" + "".join(
            f' a{i}="b"' for i in range(200000)) + "/>a") + good), 1, 1)
        yield case("a million levels", file("<z>" * 1000000 + good), ANY, ANY, ANY)
        yield case("100,000 levels of a unit", file(one("<hi>" * 100000) + good), 1, 1)
        yield case("100,000 unit starts", file(good[:good.index(">") + 1] * 100000 + good), 1, 100000)
        big = "x" * (20 * MB)
        yield case("20 MB attribute", file(f'<z a="{big}"/>' + good), 1)
        yield case("20 MB attribute of a code", file(one(f'<ph id="1" a="{big}"/>') + good), 1, 1)
        yield case("20 MB text", file(one(big) + good), 1, 1)
        yield case("20 MB comment", file(f"<!-- {big} -->" + good), 1)
        yield case("20 MB name", file(f"<{big}/>" + good), 1)
        yield case("UTF-16LE with BOM", utf16(file(good), "utf-16-le", b"\xff\xfe"), 1, 0)
        yield case("UTF-16BE with BOM", utf16(file(good), "utf-16-be", b"\xfe\xff"), 1, 0)
        yield case("UTF-16LE without BOM", utf16(file(good), "utf-16-le"), 1, 0)
        yield case("UTF-16BE without BOM", utf16(file(good), "utf-16-be"), 1, 0)
        yield case("NUL in a text", file(one("a\0b") + good), 1, 1)
        yield case("NUL as a reference", file(one("a&#0;b") + good), 1, 1)
        yield case("lone surrogate", file(one("a\ud800z") + good), 1, 1)
        yield case("lone surrogate as a reference", file(one("a&#xD800;z") + good), 1, 1)
        yield case("overlong UTF-8", file(one("a@z") + good).encode().replace(b"@", b"\xc0\xaf"), 1, 1)
        yield case("two BOMs", b"\xef\xbb\xbf" * 2 + file(good).encode(), error="not a")
        yield case("CDATA without end", file(one("<![CDATA[" + "x" * (2 * MB)) + good), ANY, ANY, ANY)
        yield case("another encoding", '<?xml version="1.0" encoding="EBCDIC-CP-US"?>' + file(good), error="encoding")
        yield case("zeros", b"\0" * MB, error="not a")
        yield case("cut off", file(good)[:-1], error="cut off")


def line_cases():
    tsv = "source_lang\ttarget_lang\tsource\ttarget\n"
    csv = "source_lang,target_lang,source,target\n"
    row = '{"variants":[{"locale":"en","text":"a"},{"locale":"de","text":"b"}]}\n'
    good = 'msgid "good"\nmsgstr "gut"\n\n'
    big = "x" * (20 * MB)

    def case(title, form, content, units=ANY, refused=ANY, error=None):
        data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        return Case(title, form, data, units, refused, error)

    variants = "".join(f'<tuv xml:lang="de"><seg>x{i}</seg></tuv>' for i in range(10000))
    yield case("tmx: 10,000 variants", "tmx", tmx(f"<tu>{variants}</tu>" + tu("good")), ANY, ANY)
    yield case("tmx: 10,000 values of a prop", "tmx", tmx(
        '<tu>' + '<prop type="x-p">a</prop>' * 10000 + tu("a")[4:] + tu("good")), 1, 1)
    yield case("tmx: 50,000 codes", "tmx", tmx(tu("a" + "<ph>x</ph>" * 50000) + tu("good")), ANY, ANY)
    yield case("po: 20 MB line", "po", po(f'msgid "{big}"\nmsgstr "y"\n\n' + good), 1, 1)
    yield case("po: 500,000 strings", "po", po('msgid ""\n' + '"xxxx"\n' * 500000 + 'msgstr "y"\n\n' + good), 1, 1)
    yield case("po: charset that is a path", "po", 'msgid ""\nmsgstr "charset=../../etc/passwd\\n"\n',
               error="not known")
    yield case("po: NUL", "po", po('msgid "a\0b"\nmsgstr "c"\n\n' + good), ANY, ANY)
    yield case("po: UTF-16", "po", utf16(po(good), "utf-16-le", b"\xff\xfe"), 1, 0)
    yield case("tsv: 20 MB cell", "tsv", tsv + f"en\tde\t{big}\ty\nen\tde\ta\tb\n", 1, 1)
    yield case("tsv: 500,000 cells", "tsv", tsv + "\t" * 500000 + "\nen\tde\ta\tb\n", 1, 1)
    yield case("csv: 20 MB cell", "csv", csv + f"en,de,{big},y\nen,de,a,b\n", 1, 1)
    yield case("csv: a million quotes", "csv", csv + "en,de," + '"' * 999999 + ",b\nen,de,a,b\n", ANY, ANY, ANY)
    yield case("csv: a formula", "csv", csv + "en,de,=cmd|' /C calc'!A0,b\n", 1, 0)
    yield case("jsonl: 900,000 levels", "jsonl", "[" * 900000 + "\n" + row, 1, 1)
    yield case("jsonl: 20 MB line", "jsonl", big + "\n" + row, 1, 1)
    yield case("jsonl: lone surrogate", "jsonl", '{"note":"\\uDC00"}\n' + row, 1, 1)
    yield case("jsonl: number out of range", "jsonl", '{"dropped_contexts":1e999}\n' + row, 1, 1)
    yield case("text: 20 MB line", "text", big + "\na\tb\n", 1, 1)
    yield case("text: zeros", "text", b"\0" * MB + b"\na\tb\n", 1, 1)


def zip_of(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def archive_cases(zstd):
    """`zstd` compresses bytes: Python's library of Debian 12 has no Zstandard."""
    # One line that never ends: it is the growth that must end it.
    bomb = b"\0" * (600 * MB)
    text = tmx("".join(tu(f"good {i}") for i in range(2000))).encode()
    packed = gzip.compress(bomb, 9)
    yield Case("gzip bomb", "text", packed, error="(?i)(compress|grow|expand|bomb|larger)")
    yield Case("zstd bomb", "text", zstd(bomb), error="(?i)(compress|grow|expand|bomb|larger)")
    yield Case("xz bomb", "text", lzma.compress(bomb, preset=0), error="(?i)(compress|grow|expand|bomb|larger)")
    yield Case("zip bomb", "text", zip_of(("a.txt", bomb)), ANY, ANY, error="(?i)(compress|grow|expand|bomb|larger)")
    yield Case("gzip in gzip", "text", gzip.compress(packed), ANY, ANY, ANY)
    for name, whole in (("gzip", gzip.compress(text)), ("zstd", zstd(text)), ("xz", lzma.compress(text))):
        yield Case(f"{name}, cut off", "tmx", whole[:len(whole) // 2], error="(?i)(cut off|torn|end)")
    yield Case("zip, cut off", "tmx", zip_of(("a.tmx", text))[:2000], error="(?i)(cut off|end)")
    yield Case("gzip header alone", "tmx", gzip.compress(text)[:10], error="(?i)(cut off|end)")
    yield Case("zip of garbage", "tmx", b"PK\x03\x04" + b"\xff" * 1000, error="(?i)zip")
    yield Case("zip that leaves its folder", "auto", zip_of(("../../etc/passwd.tmx", text), ("/etc/shadow.tmx", text)),
               4000, 0)


def cases(zstd):
    yield from xml_cases()
    yield from line_cases()
    yield from archive_cases(zstd)
