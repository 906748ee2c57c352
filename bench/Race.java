import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Several servers asked in turns, so that what else the machine does falls on all alike. Beside rates it tells each server's own processor
 * time for one answer, which neighbours and the load generator hardly touch.
 */
final class Race {
    /** One server; its process holds no others. */
    record Runner(String name, ProcessHandle process, Lap lap) {}

    interface Lap {
        Result run(int seconds) throws Exception;
    }

    /** @param lost questions without an answer, or wrong ones */
    record Result(double rate, double answers, double lost) {}

    private record Figure(Result result, double cpuMicros) {}

    private Race() {}

    static void run(String what, List<Runner> runners, int rounds, int seconds, int warm) throws Exception {
        for (Runner runner : runners) {
            runner.lap.run(warm);
        }
        Map<String, List<Figure>> figures = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Runner runner : runners) {
                double before = cpuMicros(runner.process);
                Result result = runner.lap.run(seconds);
                double used = cpuMicros(runner.process) - before;
                figures.computeIfAbsent(runner.name, name -> new ArrayList<>()).add(new Figure(result, used / result.answers));
            }
        }
        double first = median(figures.get(runners.getFirst().name).stream().map(figure -> figure.result.rate).toList());
        System.out.println("\n| " + what + " | per s | min | max | of the first | server's processor time for one | lost | rounds | load |\n"
                + "|---|---|---|---|---|---|---|---|---|");
        for (Map.Entry<String, List<Figure>> entry : figures.entrySet()) {
            List<Double> rates = entry.getValue().stream().map(figure -> figure.result.rate).sorted().toList();
            System.out.printf(Locale.ROOT, "| %s | %.0f | %.0f | %.0f | %.2f | %.1f µs | %.0f | %d | %s |%n", entry.getKey(), median(rates),
                    rates.getFirst(), rates.getLast(), median(rates) / first,
                    median(entry.getValue().stream().map(Figure::cpuMicros).toList()),
                    entry.getValue().stream().mapToDouble(figure -> figure.result.lost).sum(), rounds, Figures.load());
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    private static double cpuMicros(ProcessHandle process) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10_000.0;
    }

    /** What a command prints; fails where it does. */
    static String output(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + out);
        }
        return out;
    }

    static double number(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
    }

    /** {@link Echo} of a built checkout. */
    static Process echo(Path root, int port) throws IOException {
        return started("ready", new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xmx256m", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-cp", root.resolve("target/dist/lib") + "/*", root.resolve("bench/Echo.java").toString(), "" + port));
    }

    /** A process that has said on its standard output that it is ready. */
    private static Process started(String ready, ProcessBuilder builder) throws IOException {
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        BufferedReader lines = process.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains(ready)) {
                return process;
            }
        }
        throw new IOException(builder.command() + " ended before it was ready");
    }
}
