import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;

/**
 * A translation memory on Lucene, measured: any term of the query, the best by BM25, of these the nearest by character
 * edit distance. Arguments: memory, queries, index folder, output, seconds, queries to warm up with, top n.
 *
 * <p>Output: a line "load_seconds pairs", then for each query that was done
 * "milliseconds TAB processor milliseconds TAB found TAB target".
 */
final class LuceneLookup {
  private static final String SOURCE = "source";
  private static final String TARGET = "target";

  /** Called with each row of a TSV. */
  private interface RowSink {
    void row(String source, String target) throws IOException;
  }

  private final StandardAnalyzer analyzer = new StandardAnalyzer();
  private final Directory directory;
  private final int top;

  private LuceneLookup(Path index, int top) throws IOException {
    this.directory = new MMapDirectory(index);
    this.top = top;
  }

  public static void main(String[] args) throws IOException {
    Path memory = Paths.get(args[0]);
    double seconds = Double.parseDouble(args[4]);
    int warmUp = Integer.parseInt(args[5]);
    List<String> queries = new ArrayList<>();
    readRows(Paths.get(args[1]), (source, target) -> queries.add(source));
    BooleanQuery.setMaxClauseCount(1 << 16);
    LuceneLookup lookup = new LuceneLookup(Paths.get(args[2]), Integer.parseInt(args[6]));
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(Paths.get(args[3]), StandardCharsets.UTF_8))) {
      long start = System.nanoTime();
      int pairs = lookup.load(memory);
      out.printf("%.3f %d%n", (System.nanoTime() - start) / 1e9, pairs);
      lookup.ask(queries, seconds, warmUp, out);
    }
  }

  private int load(Path memory) throws IOException {
    int[] pairs = {0};
    try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(analyzer).setRAMBufferSizeMB(256))) {
      readRows(memory, (source, target) -> {
        Document document = new Document();
        document.add(new TextField(SOURCE, source, Field.Store.YES));
        document.add(new StoredField(TARGET, target));
        writer.addDocument(document);
        pairs[0]++;
      });
      writer.forceMerge(1);
    }
    return pairs[0];
  }

  private void ask(List<String> queries, double seconds, int warmUp, PrintWriter out) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      IndexSearcher searcher = new IndexSearcher(reader);
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long end = System.nanoTime() + (long) (seconds * 1e8);
      for (int i = 0; i < Math.min(warmUp, queries.size()) && System.nanoTime() < end; i++) {
        best(searcher, queries.get(i));
      }
      end = System.nanoTime() + (long) (seconds * 1e9);
      for (String query : queries) {
        long busy = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        String target = best(searcher, query);
        double took = (System.nanoTime() - start) / 1e6;
        busy = threads.getCurrentThreadCpuTime() - busy;
        out.printf("%.6f\t%.6f\t%d\t%s%n", took, busy / 1e6, target == null ? 0 : 1, escape(target));
        if (System.nanoTime() > end) {
          break;
        }
      }
    }
  }

  /** The target of the nearest of the best by BM25; null if no term of the query is known. */
  private String best(IndexSearcher searcher, String query) throws IOException {
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    for (String term : terms(query)) {
      any.add(new TermQuery(new Term(SOURCE, term)), BooleanClause.Occur.SHOULD);
    }
    double bestScore = -1;
    String target = null;
    for (ScoreDoc hit : searcher.search(any.build(), top).scoreDocs) {
      Document document = searcher.doc(hit.doc);
      double score = similarity(query, document.get(SOURCE));
      if (score > bestScore) {
        bestScore = score;
        target = document.get(TARGET);
      }
    }
    return target;
  }

  private Set<String> terms(String text) throws IOException {
    Set<String> terms = new HashSet<>();
    try (TokenStream tokens = analyzer.tokenStream(SOURCE, text)) {
      CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
      tokens.reset();
      while (tokens.incrementToken()) {
        terms.add(term.toString());
      }
      tokens.end();
    }
    return terms;
  }

  /** 1 - edit distance / length of the longer one, in UTF-16 units. */
  private static double similarity(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int up = row[j];
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, Math.min(up, row[j - 1]) + 1);
        diagonal = up;
      }
    }
    int longest = Math.max(a.length(), b.length());
    return longest == 0 ? 1 : 1 - (double) row[b.length()] / longest;
  }

  private static void readRows(Path file, RowSink sink) throws IOException {
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      List<String> header = Arrays.asList(in.readLine().split("\t", -1));
      int source = header.indexOf(SOURCE);
      int target = header.indexOf(TARGET);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] cells = line.split("\t", -1);
        sink.row(unescape(cells[source]), target < 0 ? "" : unescape(cells[target]));
      }
    }
  }

  private static String unescape(String cell) {
    StringBuilder text = new StringBuilder(cell.length());
    for (int i = 0; i < cell.length(); i++) {
      char next = cell.charAt(i) == '\\' && i + 1 < cell.length() ? cell.charAt(i + 1) : 0;
      int which = "tnr\\".indexOf(next);
      if (next != 0 && which >= 0) {
        text.append("\t\n\r\\".charAt(which));
        i++;
      } else {
        text.append(cell.charAt(i));
      }
    }
    return text.toString();
  }

  private static String escape(String text) {
    if (text == null) {
      return "";
    }
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r");
  }
}
