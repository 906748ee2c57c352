import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code java bench/Templates.java [-root CHECKOUT] [-templates N] [-rounds N] [http|task|engine]...}: keeps many templates rendered over
 * 10 keys each and 100 services, changes one key after the other, and measures the time to the one file that changes. {@code http}
 * is {@code muster template} beside a registry, {@code task} a task's templates inside the agent; {@code engine} runs Engine.java. All by
 * default. Prints Markdown table rows.
 */
final class Templates {
    private static final int KEYS_EACH = 10;
    private static final int SERVICES = 100;
    private static final long TICK_MILLIS = 10;

    private final Path root;
    private final int templates;
    private final int rounds;

    private Templates(Path root, int templates, int rounds) {
        this.root = root;
        this.templates = templates;
        this.rounds = rounds;
    }

    public static void main(String[] args) throws Exception {
        Path root = Path.of("").toAbsolutePath();
        int templates = 1_000;
        int rounds = 300;
        List<String> words = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "-root" -> root = Path.of(args[++i]).toAbsolutePath();
                case "-templates" -> templates = Integer.parseInt(args[++i]);
                case "-rounds" -> rounds = Integer.parseInt(args[++i]);
                default -> words.add(args[i]);
            }
        }
        Templates bench = new Templates(root, templates, rounds);
        System.out.println("| what | p50 | p99 | max | rounds | load average |\n|---|---|---|---|---|---|");
        for (String word : words.isEmpty() ? List.of("http", "task", "engine") : words) {
            switch (word) {
                case "http" -> bench.http();
                case "task" -> bench.task();
                case "engine" -> bench.engine();
                default -> throw new IllegalArgumentException(word + ": http, task or engine");
            }
        }
    }

    private String text(int template) {
        StringBuilder text = new StringBuilder();
        for (int key = 0; key < KEYS_EACH; key++) {
            text.append("k").append(key).append(" = {{key \"").append(name(template, key)).append("\"}}\n");
        }
        return text.append("{{range service \"svc-").append(template % SERVICES).append("\"}}server {{.Address}}:{{.Port}}\n{{end}}").toString();
    }

    private static String name(int template, int key) {
        return "app/t%04d/k%d".formatted(template, key);
    }

    private void load(Http registry) throws Exception {
        for (int template = 0; template < templates; template++) {
            for (int key = 0; key < KEYS_EACH; key++) {
                put(registry, "/v1/kv/" + name(template, key), "value-0-" + template + "-" + key);
            }
        }
        for (int service = 0; service < SERVICES; service++) {
            put(registry, "/v1/agent/service/register", "{\"Name\":\"svc-%d\",\"ID\":\"svc-%d-1\",\"Address\":\"10.0.0.%d\",\"Port\":80}"
                    .formatted(service, service, service + 1));
        }
    }

    private void http() throws Exception {
        Path folder = Files.createTempDirectory("bench-templates");
        try (Suite suite = Suite.start(root, "consul")) {
            Http registry = new Http(suite.ports.registry());
            load(registry);
            StringBuilder config = new StringBuilder("log_level = \"err\"\n");
            for (int i = 0; i < templates; i++) {
                config.append("template {\n  contents = <<EOF\n").append(text(i)).append("\nEOF\n  destination = \"")
                        .append(folder.resolve("out" + i)).append("\"\n}\n");
            }
            Path file = Files.writeString(folder.resolve("config.hcl"), config);
            long began = System.nanoTime();
            Process agent = new ProcessBuilder(root.resolve("muster").toString(), "template", "-consul-addr",
                    "127.0.0.1:" + suite.ports.registry(), "-config", file.toString()).inheritIO().start();
            try {
                awaitAll(folder, "out", agent);
                row("`http` start to all " + templates + " files", millis(began), millis(began), millis(began), 1);
                measure("http", registry, folder, "out", process(agent), suite.ports.registry());
            } finally {
                agent.descendants().forEach(ProcessHandle::destroyForcibly);
                agent.destroyForcibly();
                agent.waitFor();
            }
        }
    }

    private void task() throws Exception {
        try (Suite suite = Suite.start(root, "muster")) {
            Http registry = new Http(suite.ports.registry());
            load(registry);
            Path folder = Files.createTempDirectory("bench-templates");
            StringBuilder job = new StringBuilder("job \"bench\" {\n datacenters = [\"dc1\"]\n group \"g\" {\n task \"t\" {\n driver = \"raw_exec\"\n"
                    + " config {\n command = \"/bin/sleep\"\n args = [\"3600\"]\n }\n");
            for (int i = 0; i < templates; i++) {
                job.append(" template {\n data = <<EOF\n").append(text(i)).append("\nEOF\n destination = \"local/out").append(i)
                        .append("\"\n change_mode = \"noop\"\n wait {\n min = \"0s\"\n max = \"0s\"\n }\n }\n");
            }
            Path file = Files.writeString(folder.resolve("bench.nomad"), job.append(" }\n }\n}\n"));
            long began = System.nanoTime();
            Process run = new ProcessBuilder(root.resolve("muster").toString(), "job", "run", "-detach", "-address",
                    "http://127.0.0.1:" + suite.ports.scheduler(), file.toString()).inheritIO().start();
            if (run.waitFor() != 0) {
                throw new IllegalStateException("the job was not taken");
            }
            Path local = local(suite, began);
            awaitAll(local, "out", run);
            row("`task` submitted to all " + templates + " files", millis(began), millis(began), millis(began), 1);
            measure("task", registry, local, "out", suite.handle(), 0);
        }
    }

    private void engine() throws Exception {
        System.out.println();
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-cp",
                root.resolve("target/dist/lib") + "/*", Path.of("bench", "Engine.java").toString()).directory(root.toFile()).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("the engine's bench failed");
        }
    }

    /** The task's folder, found by its file's name where the agent keeps allocations. */
    private static Path local(Suite suite, long began) throws Exception {
        while (millis(began) < 120_000) {
            try (Stream<Path> temporary = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
                for (Path candidate : temporary.filter(path -> path.getFileName().toString().startsWith("muster")).toList()) {
                    Optional<Path> found = first(candidate);
                    if (found.isPresent() && Files.getLastModifiedTime(found.get()).toMillis() > System.currentTimeMillis() - 120_000) {
                        return found.get().getParent();
                    }
                }
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        throw new IllegalStateException("no folder of the task appeared");
    }

    /** Others come and go there. */
    private static Optional<Path> first(Path folder) {
        try (Stream<Path> inside = Files.find(folder, 6, (path, attributes) -> path.endsWith("t/local/out0"))) {
            return inside.findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private void awaitAll(Path folder, String name, Process agent) throws Exception {
        long began = System.nanoTime();
        for (int i = 0; i < templates; i++) {
            while (!Files.exists(folder.resolve(name + i))) {
                if (millis(began) > 240_000) {
                    throw new IllegalStateException("file " + i + " did not come");
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }
    }

    private void measure(String what, Http registry, Path folder, String name, ProcessHandle process, int port) throws Exception {
        changes(registry, folder, name, 200, "warm");
        long used = ticks(process);
        double[] times = changes(registry, folder, name, rounds, "v");
        double each = (double) (ticks(process) - used) * TICK_MILLIS / rounds;
        row("`" + what + "` key changed to file", percentile(times, 50), percentile(times, 99), percentile(times, 100), rounds);
        System.out.printf(Locale.ROOT, "| `%s` processor time of the process for one change | %.1f ms | | | %d | %s |%n", what, each, rounds, average());
        double[] services = services(registry, folder, name, Math.min(rounds, 100));
        row("`" + what + "` instance joins to its first file", percentile(services, 50), percentile(services, 99), percentile(services, 100), services.length);
        // What joined last is still being followed up, and what was warm compiled.
        TimeUnit.SECONDS.sleep(10);
        long before = ticks(process);
        TimeUnit.SECONDS.sleep(20);
        double share = (ticks(process) - before) * TICK_MILLIS / 20_000.0 * 100;
        System.out.printf(Locale.ROOT, "| `%s` nothing changes for 20 s: processor time | %.1f %% | | | 1 | %s |%n", what, share, average());
        System.out.printf(Locale.ROOT, "| `%s` resident memory | %d MB | | | 1 | |%n", what, resident(process));
        System.out.printf(Locale.ROOT, "| `%s` heap in use after a collection | %d MB | | | 1 | |%n", what, heap(process));
        if (port > 0) {
            System.out.printf(Locale.ROOT, "| `%s` connections to the registry | %d | | | 1 | |%n", what, connections(process, port));
        }
    }

    private double[] changes(Http registry, Path folder, String name, int count, String mark) throws Exception {
        double[] times = new double[count];
        for (int round = 0; round < count; round++) {
            int template = round * 37 % templates;
            String value = mark + "-" + round + "-" + System.nanoTime();
            Path file = folder.resolve(name + template);
            long began = System.nanoTime();
            put(registry, "/v1/kv/" + name(template, round % KEYS_EACH), value);
            times[round] = awaitText(file, value, began);
        }
        return times;
    }

    private double[] services(Http registry, Path folder, String name, int count) throws Exception {
        double[] times = new double[count];
        for (int round = 0; round < count; round++) {
            int service = round % SERVICES;
            String address = "10.1." + round / 200 + "." + (round % 200 + 1);
            long began = System.nanoTime();
            put(registry, "/v1/agent/service/register", ("{\"Name\":\"svc-%d\",\"ID\":\"svc-%d-r%d\",\"Address\":\"%s\",\"Port\":81,"
                    + "\"Check\":{\"TTL\":\"1h\",\"Status\":\"passing\"}}").formatted(service, service, round, address));
            times[round] = awaitText(folder.resolve(name + service), address + ":81", began);
            // One after the other without a pause would measure how many answers a second a watch takes.
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return times;
    }

    private static double awaitText(Path file, String text, long began) throws Exception {
        while (!Files.readString(file).contains(text)) {
            if (millis(began) > 60_000) {
                throw new IllegalStateException(file + " did not get " + text);
            }
            TimeUnit.MICROSECONDS.sleep(200);
        }
        return millis(began);
    }

    private static void put(Http registry, String path, String body) throws IOException {
        Http.Answer answer = registry.send("PUT", path, body);
        if (answer.status() != 200) {
            throw new IOException("PUT " + path + " answered " + answer);
        }
    }

    /** The launcher replaces itself by the virtual machine, or has it as its child. */
    private static ProcessHandle process(Process launched) {
        return launched.descendants().filter(each -> each.info().command().orElse("").endsWith("java")).findFirst().orElse(launched.toHandle());
    }

    private static long ticks(ProcessHandle process) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private static long resident(ProcessHandle process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1_024).findFirst().orElse(0);
    }

    /** The sum of the generations, as the virtual machine tells them. */
    private static long heap(ProcessHandle process) throws Exception {
        jcmd(process, "GC.run");
        Matcher used = Pattern.compile("total \\d+K, used (\\d+)K \\[").matcher(jcmd(process, "GC.heap_info"));
        long kilobytes = 0;
        while (used.find()) {
            kilobytes += Long.parseLong(used.group(1));
        }
        return kilobytes / 1_024;
    }

    private static String jcmd(ProcessHandle process, String command) throws IOException {
        Process asked = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(process.pid()), command)
                .redirectErrorStream(true).start();
        return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Established ones, by the sockets that the process has open. */
    private static long connections(ProcessHandle process, int port) throws IOException {
        Set<String> sockets = new HashSet<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            for (Path each : open.toList()) {
                try {
                    sockets.add(Files.readSymbolicLink(each).toString().replaceAll("\\D", ""));
                } catch (IOException e) {
                    continue;
                }
            }
        }
        String remote = "%04X".formatted(port);
        long count = 0;
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readString(Path.of(table), StandardCharsets.US_ASCII).split("\n")) {
                String[] fields = line.strip().split("\\s+");
                if (fields.length > 9 && fields[2].endsWith(":" + remote) && fields[3].equals("01") && sockets.contains(fields[9])) {
                    count++;
                }
            }
        }
        return count;
    }

    private static double millis(long began) {
        return (System.nanoTime() - began) / 1e6;
    }

    private static double percentile(double[] times, int percent) {
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(sorted.length * percent / 100.0) - 1)];
    }

    private static String average() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }

    private static void row(String what, double half, double most, double max, int rounds) throws IOException {
        System.out.printf(Locale.ROOT, "| %s | %.1f ms | %.1f | %.1f | %d | %s |%n", what, half, most, max, rounds, average());
    }
}
