import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** One measured quantity over several rounds, printed as a row of a Markdown table. */
final class Figures {
    private final String what;
    private final String unit;
    private final List<Double> values = new ArrayList<>();

    Figures(String what, String unit) {
        this.what = what;
        this.unit = unit;
    }

    static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }

    void add(double value) {
        values.add(value);
    }

    static void head() {
        System.out.println("| what | median | min | max | rounds | load average |\n|---|---|---|---|---|---|");
    }

    void print() throws IOException {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int size = sorted.size();
        if (size == 0) {
            return;
        }
        double median = (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
        System.out.printf(Locale.ROOT, "| %s | %.1f %s | %.1f | %.1f | %d | %s |%n", what, median, unit, sorted.getFirst(), sorted.getLast(),
                size, load());
    }

    static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }
}
