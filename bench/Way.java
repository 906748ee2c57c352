import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code java bench/Way.java [-root CHECKOUT] [-rounds N] [-greet native|java] [start|memory|cli|way|failures]...}: measures the
 * whole way of a checkout, as its users see it, through launcher, commands and HTTP. Prints Markdown table rows.
 * {@code -Dlog=DEBUG} sets the agent's log level; its log is in the temporary folder.
 */
final class Way {
    private static final List<String> ALL = List.of("start", "memory", "cli", "way", "failures");
    private static final String JOB = """
            job "way" {
              datacenters = ["dc1"]
              group "greeter" {
                count = %d
                update {
                  max_parallel = 1
                  min_healthy_time = "0s"
                  healthy_deadline = "30s"
                  progress_deadline = "60s"
                }
                restart {
                  attempts = 20
                  interval = "10m"
                  delay = "0s"
                  mode = "delay"
                }
                network {
                  port "http" {}
                }
                service {
                  name = "way-greeter"
                  port = "http"
                  tags = ["urlprefix-/way"]
                  check {
                    type = "http"
                    path = "/"
                    interval = "1s"
                    timeout = "2s"
                  }
                }
                task "greet" {
                  driver = "raw_exec"
                  config {
                    command = "%s"
                    args = ["-c", "${NOMAD_ALLOC_DIR}/config.yml"]
                  }
                  env {
                    revision = "%s"
                  }
                  template {
                    data = <<EOF
            {{ with $v := key "way/config" | parseYAML }}name: "{{ $v.name }}"
            port: {{ env "NOMAD_ALLOC_PORT_http" }}
            {{ end }}
            EOF
                    destination = "${NOMAD_ALLOC_DIR}/config.yml"
                    change_mode = "restart"
                    splay = "0s"
                  }
                  resources {
                    cpu = 50
                    memory = 64
                  }
                }
              }
            }
            """;

    private final Path root;
    private final int rounds;
    private final String greet;

    private Way(Path root, int rounds, String greet) {
        this.root = root;
        this.rounds = rounds;
        this.greet = greet;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Path root = Path.of("").toAbsolutePath();
        int rounds = 5;
        String greet = "native";
        List<String> wanted = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "-root" -> root = Path.of(args[++i]).toAbsolutePath();
                case "-rounds" -> rounds = Integer.parseInt(args[++i]);
                case "-greet" -> greet = args[++i];
                default -> wanted.add(args[i]);
            }
        }
        if (!ALL.containsAll(wanted)) {
            throw new IllegalArgumentException("can measure " + ALL + ", found " + wanted);
        }
        Path folder = Files.createTempDirectory("way-");
        try {
            String command = greet.equals("native") ? compile(root, folder)
                    : greet.equals("java") ? root.resolve("examples/bin/greet").toString() : greet;
            Way way = new Way(root, rounds, command);
            System.out.println("\nprocessors " + Runtime.getRuntime().availableProcessors() + ", greet " + greet + "\n");
            for (String what : wanted.isEmpty() ? ALL : wanted) {
                way.measure(what);
            }
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static String compile(Path root, Path folder) throws IOException, InterruptedException {
        Path out = folder.resolve("greet");
        Process gcc = new ProcessBuilder("gcc", "-O2", "-o", out.toString(), root.resolve("bench/greet.c").toString()).inheritIO().start();
        if (gcc.waitFor() != 0) {
            throw new IOException("gcc can't build bench/greet.c; measure with -greet java instead");
        }
        return out.toString();
    }

    private void measure(String what) throws IOException, InterruptedException {
        switch (what) {
            case "start" -> start();
            case "memory" -> memory();
            case "cli" -> cli();
            case "way" -> {
                way(1);
                way(3);
            }
            default -> failures();
        }
    }

    private void start() throws IOException {
        Suite.start(root, "muster").close();
        Figures.head();
        for (String tool : List.of("muster", "consul", "nomad")) {
            String name = switch (tool) {
                case "muster" -> "whole suite";
                case "consul" -> "registry and DNS alone";
                default -> "scheduler alone, beside a registry";
            };
            Figures ready = new Figures(name + ": start to ready", "ms");
            Figures answering = new Figures(name + ": start to every API's first answer", "ms");
            Figures processor = new Figures(name + ": processor time until then", "s");
            try (Suite registry = tool.equals("nomad") ? Suite.start(root, "consul") : null) {
                for (int i = 0; i < rounds; i++) {
                    String[] more = registry == null ? new String[0] : new String[] {"-consul-address=127.0.0.1:" + registry.ports.registry()};
                    try (Suite suite = Suite.start(root, tool, more)) {
                        ready.add(suite.readyMillis);
                        answering.add(suite.answeringMillis);
                        processor.add(suite.cpuSeconds());
                    }
                }
            }
            ready.print();
            answering.print();
            processor.print();
        }
    }

    private void memory() throws IOException, InterruptedException {
        Figures rss = new Figures("idle after 30 s: RSS of the suite's process", "MB");
        Figures pss = new Figures("idle after 30 s: PSS of the suite's process", "MB");
        Figures tree = new Figures("idle after 30 s: RSS of its whole tree", "MB");
        Figures processor = new Figures("idle: processor time in 10 s", "s");
        for (int i = 0; i < rounds; i++) {
            try (Suite suite = Suite.start(root, "muster")) {
                Thread.sleep(20_000);
                double used = suite.cpuSeconds();
                Thread.sleep(10_000);
                processor.add(suite.cpuSeconds() - used);
                double[] own = Suite.memory(suite.handle().pid());
                rss.add(own[0]);
                pss.add(own[1]);
                double sum = own[0];
                for (ProcessHandle child : suite.handle().descendants().toList()) {
                    sum += Suite.memory(child.pid())[0];
                }
                tree.add(sum);
            }
        }
        Figures.head();
        rss.print();
        pss.print();
        tree.print();
        processor.print();
    }

    private void cli() throws IOException, InterruptedException {
        Figures wall = new Figures("consul kv get, launcher included", "ms");
        try (Suite suite = Suite.start(root, "muster")) {
            suite.put("way/config", "name: Zero");
            for (int i = -3; i < rounds * 5; i++) {
                ProcessBuilder builder = new ProcessBuilder(root.resolve("bin/consul").toString(), "kv", "get", "way/config")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
                builder.environment().put("CONSUL_HTTP_ADDR", "127.0.0.1:" + suite.ports.registry());
                long began = System.nanoTime();
                int exit = builder.start().waitFor();
                if (exit != 0) {
                    throw new IOException("kv get ended with exit code " + exit);
                }
                if (i >= 0) {
                    wall.add(Figures.millisSince(began));
                }
            }
        }
        Figures.head();
        wall.print();
    }

    private void way(int count) throws IOException, InterruptedException {
        Figures cold = new Figures("count " + count + ": job submitted to first 200, first job of an agent", "ms");
        Figures first = new Figures("count " + count + ": job submitted to first 200", "ms");
        Figures change = new Figures("count " + count + ": KV put to first new answer", "ms");
        Figures all = new Figures("count " + count + ": KV put to nothing but new answers", "ms");
        try (Suite suite = Suite.start(root, "muster")) {
            for (int i = -1; i < rounds; i++) {
                suite.put("way/config", "name: Zero" + i);
                (i < 0 ? cold : first).add(until(suite, "Hello, Zero" + i, submit(suite, count, "a" + i)));
                awaitPassing(suite, count);
                for (int change2 = 0; change2 < 2; change2++) {
                    String name = "New" + i + "-" + change2;
                    long began = System.nanoTime();
                    suite.put("way/config", "name: " + name);
                    double[] times = untilAll(suite, "Hello, " + name, began);
                    if (i >= 0) {
                        change.add(times[0]);
                        all.add(times[1]);
                    }
                    awaitPassing(suite, count);
                }
                stop(suite);
            }
        }
        Figures.head();
        cold.print();
        first.print();
        change.print();
        all.print();
    }

    /** Answers the moment of submitting. */
    private long submit(Suite suite, int count, String revision) throws IOException {
        String text = String.format(Locale.ROOT, JOB, count, greet, revision);
        String quoted = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        Http.Answer parsed = Http.once(suite.ports.scheduler(), "POST", "/v1/jobs/parse", "{\"JobHCL\":\"" + quoted + "\",\"Canonicalize\":true}");
        long began = System.nanoTime();
        Http.Answer answer = Http.once(suite.ports.scheduler(), "PUT", "/v1/jobs", "{\"Job\":" + parsed.body() + "}");
        if (parsed.status() != 200 || answer.status() != 200) {
            throw new IOException("the job was not taken: " + parsed + " " + answer);
        }
        return began;
    }

    private double until(Suite suite, String wanted, long began) throws IOException, InterruptedException {
        try (Http http = new Http(suite.ports.balancer())) {
            while (Figures.millisSince(began) < 40_000) {
                if (http.get("/way").body().equals(wanted)) {
                    return Figures.millisSince(began);
                }
                Thread.sleep(1);
            }
        }
        throw new IOException("no answer " + wanted + " in 40 s");
    }

    /** The first new answer, and the last that was not new before forty new ones in a row. */
    private double[] untilAll(Suite suite, String wanted, long began) throws IOException, InterruptedException {
        double first = Double.NaN;
        double last = 0;
        int inRow = 0;
        try (Http http = new Http(suite.ports.balancer())) {
            while (Figures.millisSince(began) < 40_000) {
                if (http.get("/way").body().equals(wanted)) {
                    if (Double.isNaN(first)) {
                        first = Figures.millisSince(began);
                    }
                    if (inRow++ == 0) {
                        last = Figures.millisSince(began);
                    }
                    if (inRow == 40) {
                        return new double[] {first, last};
                    }
                } else {
                    inRow = 0;
                }
                Thread.sleep(1);
            }
        }
        throw new IOException("no answer " + wanted + " in 40 s");
    }

    private void awaitPassing(Suite suite, int count) throws IOException, InterruptedException {
        for (int i = 0; i < 1000; i++) {
            String body = Http.once(suite.ports.registry(), "GET", "/v1/health/service/way-greeter?passing", "").body();
            if (body.split("\"ServiceName\": ?\"way-greeter\"", -1).length - 1 == count) {
                return;
            }
            Thread.sleep(20);
        }
        throw new IOException("not " + count + " passing in 20 s");
    }

    private void stop(Suite suite) throws IOException, InterruptedException {
        Http.once(suite.ports.scheduler(), "DELETE", "/v1/job/way?purge=true", "");
        awaitPassing(suite, 0);
        Thread.sleep(500);
    }

    private void failures() throws IOException, InterruptedException {
        System.out.println("| under load | failed | requests | slowest | p99 | how | load average |\n|---|---|---|---|---|---|---|");
        try (Suite suite = Suite.start(root, "muster")) {
            suite.put("way/config", "name: Zero");
            until(suite, "Hello, Zero", submit(suite, 3, "load0"));
            awaitPassing(suite, 3);
            Thread.sleep(1000);
            try (Load load = new Load(suite.ports.balancer(), "/way", 8)) {
                Thread.sleep(2000);
                load.since();
                phase(load, "nothing changes", () -> {}, 3);
                phase(load, "a key's change restarts all", () -> suite.put("way/config", "name: Changed"), 6);
                phase(load, "rolling update", () -> submit(suite, 3, "load1"), 12);
                phase(load, "scaled from 3 to 6 to 3", () -> {
                    scale(suite, 6);
                    Thread.sleep(4000);
                    scale(suite, 3);
                }, 5);
                phase(load, "restart of one allocation", () -> restartOne(suite), 5);
                phase(load, "kill -9 of one task process", () -> killOne(suite), 8);
            }
        }
    }

    private interface Act {
        void run() throws IOException, InterruptedException;
    }

    private static void phase(Load load, String name, Act act, int seconds) throws IOException, InterruptedException {
        act.run();
        TimeUnit.SECONDS.sleep(seconds);
        Load.Count count = load.since();
        System.out.printf(Locale.ROOT, "| %s | %d | %d | %.0f ms | %.1f ms | %s | %s |%n", name, count.failed(), count.requests(),
                count.slowestMillis(), count.p99Millis(), count.failures(), Figures.load());
    }

    /** Refused while the job is being deployed, so asked for until that is over. */
    private static void scale(Suite suite, int count) throws IOException, InterruptedException {
        String order = "{\"Count\":" + count + ",\"Target\":{\"Group\":\"greeter\"}}";
        for (int attempt = 0; Http.once(suite.ports.scheduler(), "PUT", "/v1/job/way/scale", order).status() == 400; attempt++) {
            if (attempt == 100) {
                throw new IOException("the job could not be scaled to " + count + " within 20 s");
            }
            Thread.sleep(200);
        }
    }

    private static void restartOne(Suite suite) throws IOException {
        String body = Http.once(suite.ports.scheduler(), "GET", "/v1/job/way/allocations", "").body().replace("\": ", "\":");
        for (String allocation : objects(body)) {
            if (allocation.contains("\"ClientStatus\":\"running\"") && allocation.contains("\"DesiredStatus\":\"run\"")) {
                int at = allocation.indexOf("\"ID\":\"") + 6;
                Http.Answer answer = Http.once(suite.ports.scheduler(), "PUT",
                        "/v1/client/allocation/" + allocation.substring(at, at + 36) + "/restart", "{}");
                if (answer.status() != 200) {
                    throw new IOException("restart answered " + answer);
                }
                return;
            }
        }
        throw new IOException("no running allocation in " + body);
    }

    /** The outermost objects of a JSON array. */
    private static List<String> objects(String array) {
        List<String> objects = new ArrayList<>();
        int depth = 0;
        int began = 0;
        boolean text = false;
        for (int i = 0; i < array.length(); i++) {
            char c = array.charAt(i);
            if (c == '"' && array.charAt(i - 1) != '\\') {
                text = !text;
            } else if (!text && c == '{' && depth++ == 0) {
                began = i;
            } else if (!text && c == '}' && --depth == 0) {
                objects.add(array.substring(began, i + 1));
            }
        }
        return objects;
    }

    private static void killOne(Suite suite) throws IOException {
        suite.handle().descendants()
                .filter(task -> task.info().arguments().map(list -> Arrays.stream(list).anyMatch(arg -> arg.endsWith("/config.yml"))).orElse(false))
                .findFirst().orElseThrow(() -> new IOException("no task process found")).destroyForcibly();
    }
}
