package muster.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import muster.wire.GoDuration;
import muster.wire.GoFlags;
import muster.wire.Json;
import muster.wire.Tar;

/** {@code debug}: what an agent is and does over a time, in files or one archive. */
final class Debug {
    static final Command COMMAND = new Command("debug", "Records a debugging archive for operators", """
            Usage: consul debug [options]

              Collects what the agent says of itself and its machine, the members, and over a time its metrics and its log. The archive
              holds names, addresses and settings: look into it before it is handed on.

              -archive=<bool>        one packed file instead of a folder; on without it
              -capture=<name>        agent, host, cluster, metrics or logs; may be repeated; all without it
              -duration=<duration>   for how long metrics and the log are collected; 2m without it
              -interval=<duration>   how often metrics are asked; 30s without it
              -output=<path>         the folder, or the file without its ending""", Debug::run);

    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(5);
    private static final Duration SHORTEST_DURATION = Duration.ofSeconds(10);
    private static final Duration LONGEST_DURATION = Duration.ofHours(24);
    private static final int MOST_LOG = 64 << 20;
    private static final Map<String, String> TARGETS = targets();

    private final Console console;
    private final GoFlags flags;
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    private Debug(Console console, GoFlags flags) {
        this.console = console;
        this.flags = flags;
    }

    private static Map<String, String> targets() {
        Map<String, String> targets = new LinkedHashMap<>();
        targets.put("agent", "/v1/agent/self");
        targets.put("host", "/v1/agent/host");
        targets.put("cluster", "/v1/agent/members");
        targets.put("metrics", "/v1/agent/metrics");
        targets.put("logs", "/v1/agent/monitor?loglevel=DEBUG");
        return targets;
    }

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().texts("archive", "duration", "interval", "output").lists("capture").parse(args);
        if (!flags.rest().isEmpty()) {
            return console.fail("Too many arguments, expected 0 got " + flags.rest().size());
        }
        try {
            return new Debug(console, flags).collect();
        } catch (FileAlreadyExistsException e) {
            return console.fail("Output directory already exists: " + e.getFile());
        } catch (IOException e) {
            return console.fail("Archive creation failed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private int collect() throws IOException, InterruptedException {
        Duration interval = time("interval", Duration.ofSeconds(30));
        Duration duration = time("duration", Duration.ofMinutes(2));
        if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
            return console.fail("Capture validation failed: -interval must be longer than " + GoDuration.format(SHORTEST_INTERVAL));
        }
        if (duration.compareTo(SHORTEST_DURATION) < 0 || duration.compareTo(LONGEST_DURATION) > 0) {
            return console.fail("Capture validation failed: -duration must be from " + GoDuration.format(SHORTEST_DURATION) + " to "
                    + GoDuration.format(LONGEST_DURATION));
        }
        if (duration.compareTo(interval) < 0) {
            return console.fail("Capture validation failed: interval must be shorter than duration");
        }
        List<String> wanted = flags.all("capture").isEmpty() ? List.copyOf(TARGETS.keySet()) : flags.all("capture");
        List<String> unknown = wanted.stream().filter(name -> !TARGETS.containsKey(name)).toList();
        if (!unknown.isEmpty()) {
            return console.fail("Capture validation failed: unknown target \"" + unknown.getFirst() + "\": agent, host, cluster, metrics and logs are");
        }
        boolean archive = !flags.text("archive", "true").matches("0|f|F|false|FALSE|False");
        Instant begun = console.clock().instant();
        String name = flags.text("output", "consul-debug-" + begun.getEpochSecond());
        Path place = console.folder().resolve(archive ? name + ".tar.gz" : name);
        if (Files.exists(place)) {
            throw new FileAlreadyExistsException(place.toString());
        }
        Doc self;
        try {
            self = ConsulApi.api(flags, console).get(TARGETS.get("agent"));
        } catch (ApiException e) {
            return console.fail("error querying target agent: " + e.getMessage() + ". verify connectivity and agent address");
        }
        announce(self, interval, duration, place, wanted);
        gather(self, wanted, interval, duration, begun);
        files.put("index.json", json(index(self, interval, duration, wanted)));
        if (archive) {
            pack(place, Path.of(name).getFileName().toString());
        } else {
            spread(place);
        }
        problems.forEach(console.err()::println);
        console.out().println("Saved debug " + (archive ? "archive: " : "directory: ") + place);
        return problems.isEmpty() ? 0 : 1;
    }

    private Duration time(String flag, Duration usual) {
        String text = flags.text(flag);
        return text.isEmpty() ? usual : GoDuration.tryParse(text).orElseThrow(
                () -> new GoFlags.FlagException("invalid value \"" + text + "\" for flag -" + flag + ": parse error"));
    }

    private void announce(Doc self, Duration interval, Duration duration, Path place, List<String> wanted) {
        console.out().println("Starting debugger and capturing static information...");
        console.out().println(" Agent Version: '" + self.at("Config").text("Version") + "'");
        console.out().println("      Interval: '" + GoDuration.format(interval) + "'");
        console.out().println("      Duration: '" + GoDuration.format(duration) + "'");
        console.out().println("        Output: '" + place + "'");
        console.out().println("       Capture: '" + String.join(", ", wanted) + "'");
        console.out().flush();
    }

    private void gather(Doc self, List<String> wanted, Duration interval, Duration duration, Instant begun) throws InterruptedException {
        for (String name : List.of("agent", "host", "cluster")) {
            if (wanted.contains(name)) {
                keep(name + ".json", name, name.equals("agent") ? self : null);
            }
        }
        if (!wanted.contains("metrics") && !wanted.contains("logs")) {
            return;
        }
        console.out().println("Beginning capture interval " + begun + " (" + GoDuration.format(duration) + ")");
        console.out().flush();
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        Thread reader = Thread.ofVirtual().unstarted(() -> follow(log));
        if (wanted.contains("logs")) {
            reader.start();
        }
        long turns = duration.dividedBy(interval);
        for (long turn = 0; turn < turns; turn++) {
            if (wanted.contains("metrics")) {
                keep("metrics/" + (begun.getEpochSecond() + turn * interval.toSeconds()) + ".json", "metrics", null);
            }
            Thread.sleep(interval);
        }
        reader.interrupt();
        if (wanted.contains("logs")) {
            synchronized (log) {
                files.put("consul.log", log.toByteArray());
            }
        }
    }

    /** Ends with the process, or when it is interrupted: the agent does not end a log. */
    private void follow(ByteArrayOutputStream log) {
        try {
            ConsulApi.api(flags, console).stream(TARGETS.get("logs"), (bytes, length) -> {
                synchronized (log) {
                    if (log.size() + length <= MOST_LOG) {
                        log.write(bytes, 0, length);
                    }
                }
            });
        } catch (ApiException e) {
            if (!Thread.currentThread().isInterrupted()) {
                synchronized (log) {
                    log.writeBytes(("log capture ended: " + e.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }

    private void keep(String file, String what, Doc known) {
        try {
            Doc answer = known == null ? ConsulApi.api(flags, console).get(TARGETS.get(what)) : known;
            files.put(file, json(answer.value()));
        } catch (ApiException e) {
            problems.add("Error capturing " + what + ": " + e.getMessage());
        }
    }

    private static Map<String, Object> index(Doc self, Duration interval, Duration duration, List<String> wanted) {
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("version", 1);
        index.put("agentVersion", self.at("Config").text("Version"));
        index.put("interval", GoDuration.format(interval));
        index.put("duration", GoDuration.format(duration));
        index.put("targets", wanted);
        return index;
    }

    private static byte[] json(Object tree) {
        return Json.write(tree, true);
    }

    private void pack(Path place, String folder) throws IOException {
        Files.createFile(place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(place); GZIPOutputStream packed = new GZIPOutputStream(out, 1 << 16)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Tar.entry(packed, folder + "/" + file.getKey(), file.getValue().length, console.clock().instant().getEpochSecond(),
                        bytes -> bytes.write(file.getValue()));
            }
            Tar.end(packed);
        }
    }

    private void spread(Path place) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path to = place.resolve(file.getKey());
            Files.createDirectories(to.getParent());
            Files.write(to, file.getValue());
        }
    }
}
