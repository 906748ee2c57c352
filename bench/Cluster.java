import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * {@code java bench/Cluster.java [-root CHECKOUT] [-before CHECKOUT] [-folder DISK] [-rounds N] [-seconds N] [-keys N] [puts|election|restart]...}: three
 * servers of the registry beside three etcd members, on loopback and on one disk, in turns, asked by the same client over HTTP. With another
 * checkout, its servers are measured in the same run.
 */
final class Cluster {
    private static final int MEMBERS = 3;
    private static final String VALUE = "a value of thirty-two bytes, or so.";
    private static final List<String> ALL = List.of("puts", "election", "restart");
    private static int[] CLIENTS = {1, 16, 64};

    /** Three members of one kind. */
    interface Side {
        String name();

        /** Where a member answers clients. */
        int port(int member);

        ProcessBuilder command(int member);

        /** Which member leads; throws where nobody knows. */
        int leader(int askedMember) throws IOException;

        /** True where it is acknowledged. */
        boolean put(Http http, String key) throws IOException;

        /** Writes keys FROM to TO in one transaction; at most 64. */
        void putMany(Http http, int from, int to) throws IOException;

        boolean has(Http http, String key) throws IOException;

        /** Saves a snapshot from a member, and returns its bytes. */
        long snapshot(int member, Path file) throws Exception;
    }

    /** A side that runs. One thread starts and ends its members. */
    static final class Running implements AutoCloseable {
        final Side side;
        private final Path folder;
        private final Process[] members = new Process[MEMBERS];

        Running(Side side, Path folder) throws Exception {
            this.side = side;
            this.folder = folder;
            for (int i = 0; i < MEMBERS; i++) {
                start(i);
            }
            for (int i = 0; i < MEMBERS; i++) {
                awaitPut(i);
            }
        }

        void start(int member) throws IOException {
            members[member] = side.command(member).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(side.name() + member + ".out").toFile())).start();
        }

        private void awaitPut(int member) throws InterruptedException {
            await(side.name() + " member " + member + " writes", () -> {
                try (Http http = new Http(side.port(member))) {
                    return side.put(http, "started/" + member);
                } catch (IOException e) {
                    return false;
                }
            });
        }

        int leader() throws IOException {
            IOException last = new IOException("no member runs");
            for (int i = 0; i < MEMBERS; i++) {
                try {
                    return side.leader(i);
                } catch (IOException e) {
                    last = e;
                }
            }
            throw last;
        }

        /** Seconds of processor time so far, of all members that run, the compilers' included. */
        double processor() throws IOException {
            double ticks = 0;
            for (Process member : members) {
                String stat = Files.readString(Path.of("/proc/" + member.pid() + "/stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
            }
            return ticks / 100;
        }

        void kill(int member) throws InterruptedException {
            members[member].destroyForcibly().waitFor();
        }

        @Override
        public void close() throws InterruptedException {
            for (Process member : members) {
                if (member != null) {
                    member.destroyForcibly().waitFor();
                }
            }
        }
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("not in two minutes: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Acknowledged writes: how long each took, and when it was acknowledged. */
    private record Writes(List<Double> millis, List<Long> times, int failed) {
        double percentile(double part) {
            List<Double> sorted = new ArrayList<>(millis);
            Collections.sort(sorted);
            return sorted.isEmpty() ? Double.NaN : sorted.get(Math.min(sorted.size() - 1, (int) (part * sorted.size())));
        }

        /** How many in the whole second that had fewest. */
        long worstSecond(long began, int seconds) {
            long[] counts = new long[seconds];
            times.forEach(time -> {
                long second = TimeUnit.NANOSECONDS.toSeconds(time - began);
                if (second >= 0 && second < seconds) {
                    counts[(int) second]++;
                }
            });
            return Arrays.stream(counts).min().orElse(0);
        }
    }

    private static final AtomicInteger KEYS = new AtomicInteger();

    /**
     * Writes until the time is over. Each client stays with its member while that answers.
     *
     * @param members whom the clients are spread over
     */
    private static Writes write(Side side, List<Integer> members, int clients, long until) throws Exception {
        List<Double> millis = Collections.synchronizedList(new ArrayList<>());
        List<Long> times = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger failed = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(clients);
        for (int i = 0; i < clients; i++) {
            int first = i;
            Thread.ofPlatform().daemon().start(() -> {
                List<Double> own = new ArrayList<>();
                List<Long> ownTimes = new ArrayList<>();
                int turn = first;
                Http http = new Http(side.port(members.get(turn % members.size())));
                while (System.nanoTime() - until < 0) {
                    long began = System.nanoTime();
                    boolean well;
                    try {
                        well = side.put(http, "bench/" + KEYS.getAndIncrement() % 10_000);
                    } catch (IOException e) {
                        well = false;
                        http.close();
                        turn++;
                        http = new Http(side.port(members.get(turn % members.size())));
                    }
                    if (well) {
                        own.add(Figures.millisSince(began));
                        ownTimes.add(System.nanoTime());
                    } else {
                        failed.incrementAndGet();
                    }
                }
                http.close();
                millis.addAll(own);
                times.addAll(ownTimes);
                done.countDown();
            });
        }
        if (!done.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("clients of " + side.name() + " did not get answers for a minute");
        }
        return new Writes(millis, times, failed.get());
    }

    private static long after(int seconds) {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    private static void puts(List<Running> sides, int rounds, int seconds, int warm) throws Exception {
        for (Running each : sides) {
            write(each.side, List.of(each.leader()), 64, after(warm));
        }
        System.out.println("\n| durable puts, clients | per s | of etcd's | p50 ms | p99 ms | worst second | members' CPU ms for one | failed | rounds | load average |\n"
                + "|---|---|---|---|---|---|---|---|---|---|");
        for (int clients : CLIENTS) {
            for (boolean spread : clients == 64 ? new boolean[] {false, true} : new boolean[] {false}) {
                Map<Running, List<double[]>> figures = new LinkedHashMap<>();
                for (int round = 0; round < rounds; round++) {
                    for (Running each : sides) {
                        List<Integer> asked = spread ? IntStream.range(0, MEMBERS).boxed().toList() : List.of(each.leader());
                        double used = each.processor();
                        long began = System.nanoTime();
                        Writes writes = write(each.side, asked, clients, began + TimeUnit.SECONDS.toNanos(seconds));
                        figures.computeIfAbsent(each, key -> new ArrayList<>()).add(new double[] {writes.millis().size() / (double) seconds,
                                writes.percentile(0.5), writes.percentile(0.99), writes.worstSecond(began, seconds), writes.failed(),
                                (each.processor() - used) * 1000 / Math.max(1, writes.millis().size())});
                    }
                }
                double etcd = median(figures.get(sides.getLast()), 0);
                for (Running each : sides) {
                    List<double[]> of = figures.get(each);
                    System.out.printf(Locale.ROOT, "| %s, %d%s | %.0f | %.2f | %.2f | %.2f | %.0f | %.2f | %.0f | %d | %s |%n", each.side.name(), clients,
                            spread ? " spread over the members" : " at the leader", median(of, 0), median(of, 0) / etcd, median(of, 1), median(of, 2),
                            of.stream().mapToDouble(f -> f[3]).min().orElse(0), median(of, 5), of.stream().mapToDouble(f -> f[4]).sum(), rounds, Figures.load());
                }
            }
        }
    }

    private static double median(List<double[]> figures, int column) {
        List<Double> sorted = figures.stream().map(figure -> figure[column]).sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    /** The leader is killed while 16 clients write to the others; how long none of them was answered. */
    private static void election(List<Running> sides, int rounds) throws Exception {
        System.out.println();
        Figures.head();
        Map<Running, Figures> gaps = new LinkedHashMap<>();
        Map<Running, Figures> worst = new LinkedHashMap<>();
        sides.forEach(each -> {
            gaps.put(each, new Figures("`election` " + each.side.name() + ": leader killed to next acknowledged write", "ms"));
            worst.put(each, new Figures("`election` " + each.side.name() + ": writes in the worst of six seconds around it", ""));
        });
        for (int round = 0; round < rounds; round++) {
            for (Running each : sides) {
                int leader = each.leader();
                List<Integer> others = IntStream.range(0, MEMBERS).filter(i -> i != leader).boxed().toList();
                long began = System.nanoTime();
                CountDownLatch killed = new CountDownLatch(1);
                long[] at = new long[1];
                Thread killer = Thread.ofPlatform().start(() -> {
                    try {
                        TimeUnit.MILLISECONDS.sleep(2_000);
                        at[0] = System.nanoTime();
                        each.kill(leader);
                        killed.countDown();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                Writes writes = write(each.side, others, 16, began + TimeUnit.SECONDS.toNanos(6));
                killer.join();
                // What was on its way when the leader died may still be answered: the pause is the longest one from then on.
                List<Long> later = writes.times().stream().filter(time -> time > at[0]).sorted().toList();
                long longest = later.isEmpty() ? TimeUnit.SECONDS.toNanos(6) : later.getFirst() - at[0];
                for (int i = 1; i < later.size(); i++) {
                    longest = Math.max(longest, later.get(i) - later.get(i - 1));
                }
                gaps.get(each).add(longest / 1e6);
                worst.get(each).add(writes.worstSecond(began, 6));
                each.start(leader);
                each.awaitPut(leader);
            }
        }
        for (Figures figures : gaps.values()) {
            figures.print();
        }
        for (Figures figures : worst.values()) {
            figures.print();
        }
    }

    /** Fills the store, takes a snapshot, kills a follower and starts it again: until it answers with the last key. */
    private static void restart(List<Running> sides, int keys, Path folder) throws Exception {
        System.out.println();
        Figures.head();
        for (Running each : sides) {
            int leader = each.leader();
            long began = System.nanoTime();
            AtomicInteger next = new AtomicInteger();
            try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
                for (int i = 0; i < 16; i++) {
                    threads.submit(() -> {
                        try (Http http = new Http(each.side.port(leader))) {
                            for (int from = next.getAndAdd(64); from < keys; from = next.getAndAdd(64)) {
                                each.side.putMany(http, from, Math.min(keys, from + 64));
                            }
                        }
                        return null;
                    });
                }
            }
            one("`restart` " + each.side.name() + ": " + keys + " keys written, 64 in a transaction", "ms", Figures.millisSince(began));
            Path snapshot = folder.resolve(each.side.name() + ".snapshot");
            began = System.nanoTime();
            long size = each.side.snapshot(leader, snapshot);
            one("`restart` " + each.side.name() + ": snapshot taken", "ms", Figures.millisSince(began));
            one("`restart` " + each.side.name() + ": snapshot's size", "MB", size / 1e6);
            int follower = (leader + 1) % MEMBERS;
            each.kill(follower);
            began = System.nanoTime();
            each.start(follower);
            await("the last key", () -> {
                try (Http http = new Http(each.side.port(follower))) {
                    return each.side.has(http, "many/" + (keys - 1));
                } catch (IOException e) {
                    return false;
                }
            });
            one("`restart` " + each.side.name() + ": a member starts until it has the last key", "ms", Figures.millisSince(began));
        }
    }

    private static void one(String what, String unit, double value) throws IOException {
        Figures figures = new Figures(what, unit);
        figures.add(value);
        figures.print();
    }

    /** The registry's servers, by its launcher. */
    static final class Muster implements Side {
        private final String name;
        private final Path root;
        private final Path folder;
        private final List<List<Integer>> ports = ports(3);

        Muster(String name, Path root, Path folder) throws IOException {
            this.name = name;
            this.root = root;
            this.folder = folder;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int port(int member) {
            return ports.get(member).getFirst();
        }

        @Override
        public ProcessBuilder command(int member) {
            List<String> command = new ArrayList<>(List.of(root.resolve("bin/consul").toString(), "agent", "-server", "-bootstrap-expect", "3", "-node",
                    "m" + member, "-data-dir", folder.resolve(name + member).toString(), "-bind", "127.0.0.1", "-http-port", "" + port(member),
                    "-dns-port", "-1", "-serf-lan-port", "" + ports.get(member).get(1), "-server-port", "" + ports.get(member).get(2),
                    "-retry-interval", "1s", "-log-level", "WARN"));
            IntStream.range(0, MEMBERS).filter(i -> i != member)
                    .forEach(i -> command.addAll(List.of("-retry-join", "127.0.0.1:" + ports.get(i).get(1))));
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().put("MUSTER_HEAP", "2g");
            return builder;
        }

        @Override
        public int leader(int asked) throws IOException {
            String leader = Http.once(port(asked), "GET", "/v1/status/leader", "").body();
            for (int i = 0; i < MEMBERS; i++) {
                if (leader.endsWith(":" + ports.get(i).get(2) + "\"")) {
                    return i;
                }
            }
            throw new IOException("no leader: " + leader);
        }

        @Override
        public boolean put(Http http, String key) throws IOException {
            Http.Answer answer = http.send("PUT", "/v1/kv/" + key, VALUE);
            return answer.status() == 200 && answer.body().startsWith("true");
        }

        @Override
        public void putMany(Http http, int from, int to) throws IOException {
            String body = IntStream.range(from, to).mapToObj(i -> "{\"KV\":{\"Verb\":\"set\",\"Key\":\"many/" + i + "\",\"Value\":\"" + base64(VALUE) + "\"}}")
                    .collect(Collectors.joining(",", "[", "]"));
            Http.Answer answer = http.send("PUT", "/v1/txn", body);
            if (answer.status() != 200) {
                throw new IOException("transaction: " + answer);
            }
        }

        @Override
        public boolean has(Http http, String key) throws IOException {
            return http.get("/v1/kv/" + key + "?stale").status() == 200;
        }

        @Override
        public long snapshot(int member, Path file) throws Exception {
            Peers.run(root.resolve("bin/consul").toString(), "snapshot", "save", "-http-addr=http://127.0.0.1:" + port(member), file.toString());
            return Files.size(file);
        }
    }

    /** Debian's etcd, over its gateway. */
    static final class Etcd implements Side {
        private final Path folder;
        private final List<List<Integer>> ports = ports(2);

        Etcd(Path folder) throws IOException {
            this.folder = folder;
        }

        @Override
        public String name() {
            return "etcd";
        }

        @Override
        public int port(int member) {
            return ports.get(member).getFirst();
        }

        private String client(int member) {
            return "http://127.0.0.1:" + port(member);
        }

        private String peer(int member) {
            return "http://127.0.0.1:" + ports.get(member).get(1);
        }

        @Override
        public ProcessBuilder command(int member) {
            return new ProcessBuilder("etcd", "--name", "e" + member, "--data-dir", folder.resolve("etcd" + member).toString(), "--listen-client-urls",
                    client(member), "--advertise-client-urls", client(member), "--listen-peer-urls", peer(member), "--initial-advertise-peer-urls",
                    peer(member), "--initial-cluster", IntStream.range(0, MEMBERS).mapToObj(i -> "e" + i + "=" + peer(i)).collect(Collectors.joining(",")),
                    "--initial-cluster-state", "new", "--log-level", "error", "--logger", "zap", "--quota-backend-bytes", "8000000000");
        }

        @Override
        public int leader(int asked) throws IOException {
            for (int i = 0; i < MEMBERS; i++) {
                try {
                    String status = Http.once(port((asked + i) % MEMBERS), "POST", "/v3/maintenance/status", "{}").body();
                    String id = status.replaceAll("(?s).*\"member_id\":\"(\\d+)\".*", "$1");
                    if (status.contains("\"leader\":\"" + id + "\"")) {
                        return (asked + i) % MEMBERS;
                    }
                } catch (IOException e) {
                    System.err.println("etcd member does not answer: " + e.getMessage());
                }
            }
            throw new IOException("no leader");
        }

        @Override
        public boolean put(Http http, String key) throws IOException {
            return http.send("POST", "/v3/kv/put", "{\"key\":\"" + base64(key) + "\",\"value\":\"" + base64(VALUE) + "\"}").status() == 200;
        }

        @Override
        public void putMany(Http http, int from, int to) throws IOException {
            String body = IntStream.range(from, to)
                    .mapToObj(i -> "{\"requestPut\":{\"key\":\"" + base64("many/" + i) + "\",\"value\":\"" + base64(VALUE) + "\"}}")
                    .collect(Collectors.joining(",", "{\"success\":[", "]}"));
            Http.Answer answer = http.send("POST", "/v3/kv/txn", body);
            if (answer.status() != 200) {
                throw new IOException("transaction: " + answer);
            }
        }

        @Override
        public boolean has(Http http, String key) throws IOException {
            return http.send("POST", "/v3/kv/range", "{\"key\":\"" + base64(key) + "\",\"serializable\":true}").body().contains("\"kvs\"");
        }

        @Override
        public long snapshot(int member, Path file) throws Exception {
            ProcessBuilder save = new ProcessBuilder("etcdctl", "--endpoints", client(member), "snapshot", "save", file.toString());
            save.environment().put("ETCDCTL_API", "3");
            Process process = save.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            if (process.waitFor() != 0) {
                throw new IOException("etcdctl saves no snapshot");
            }
            return Files.size(file);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<List<Integer>> ports(int each) throws IOException {
        List<List<Integer>> ports = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            List<Integer> own = new ArrayList<>();
            for (int j = 0; j < each; j++) {
                own.add(Peers.port());
            }
            ports.add(own);
        }
        return ports;
    }

    private Cluster() {}

    public static void main(String[] args) throws Exception {
        Path root = Path.of("").toAbsolutePath();
        Optional<Path> before = Optional.empty();
        Path disk = Path.of("/var/tmp");
        int rounds = 3;
        int seconds = 3;
        int warm = 12;
        int keys = 1_000_000;
        List<String> words = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "-root" -> root = Path.of(args[++i]).toAbsolutePath();
                case "-before" -> before = Optional.of(Path.of(args[++i]).toAbsolutePath());
                case "-folder" -> disk = Path.of(args[++i]).toAbsolutePath();
                case "-rounds" -> rounds = Integer.parseInt(args[++i]);
                case "-seconds" -> seconds = Integer.parseInt(args[++i]);
                case "-warm" -> warm = Integer.parseInt(args[++i]);
                case "-keys" -> keys = Integer.parseInt(args[++i]);
                case "-clients" -> CLIENTS = Arrays.stream(args[++i].split(",")).mapToInt(Integer::parseInt).toArray();
                default -> words.add(args[i]);
            }
        }
        // A folder of memory would have nothing to sync.
        Path folder = Files.createTempDirectory(disk, "cluster");
        System.out.println("Data and output: " + folder + "; a sync of one block there takes " + sync(folder));
        List<Running> sides = new ArrayList<>();
        try {
            sides.add(new Running(new Muster("muster", root, folder), folder));
            if (before.isPresent()) {
                sides.add(new Running(new Muster("before", before.get(), folder), folder));
            }
            sides.add(new Running(new Etcd(folder), folder));
            for (String word : words.isEmpty() ? ALL : words) {
                switch (word) {
                    case "puts" -> puts(sides, rounds, seconds, warm);
                    case "election" -> election(sides, rounds);
                    case "restart" -> restart(sides, keys, folder);
                    default -> throw new IllegalArgumentException(word + " is none of " + ALL);
                }
            }
        } finally {
            for (Running side : sides) {
                side.close();
            }
        }
    }

    /** Median of 50, as a word about the disk. */
    private static String sync(Path folder) throws IOException {
        List<Double> millis = new ArrayList<>();
        try (var file = java.nio.channels.FileChannel.open(folder.resolve("sync"), java.nio.file.StandardOpenOption.CREATE,
                java.nio.file.StandardOpenOption.WRITE)) {
            for (int i = 0; i < 50; i++) {
                long began = System.nanoTime();
                file.write(java.nio.ByteBuffer.allocate(512), 512L * i);
                file.force(false);
                millis.add(Figures.millisSince(began));
            }
        }
        Collections.sort(millis);
        return "%.2f ms".formatted(millis.get(25));
    }
}
