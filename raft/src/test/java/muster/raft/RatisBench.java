package muster.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * How many commands a second a log in a folder takes, from 1, 16 and 64 proposers that each wait for each answer, and how long
 * it takes to start. {@code RatisBench FOLDER [SECONDS] [SERVERS]}; the folder must be empty or absent. With 3 servers, all in this process and
 * with connections on loopback, proposals are made on the leader, then on another one, then on all of them.
 */
final class RatisBench {
    private static final String PADDING = "x".repeat(100);

    private RatisBench() {}

    /** A part without a state, so that the log is measured and not the part. */
    private static final class Counter extends Texts.Recorder {
        @Override
        public String apply(long index, String command) {
            return "";
        }

        @Override
        public void published(long index) {}
    }

    private record Opened(RatisLogGroup group, ReplicatedLog<String, String> log, double millis) {}

    private static Opened open(Path folder) {
        long before = System.nanoTime();
        RatisLogGroup group = new RatisLogGroup(folder, "here");
        ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, new Counter());
        group.start();
        return new Opened(group, log, millisSince(before));
    }

    private static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    public static void main(String[] arguments) throws InterruptedException, IOException {
        Path folder = Path.of(arguments[0]);
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4;
        say("load average %s", Files.readString(Path.of("/proc/loadavg")).strip());

        int servers = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1;
        if (servers > 1) {
            cluster(folder, seconds, servers);
            return;
        }
        Opened empty = open(folder.resolve("starts"));
        say("start of an empty log, first in this JVM: %.0f ms", empty.millis());
        for (int i = 0; i < 10_000; i += 10) {
            List<String> commands = new ArrayList<>();
            for (int j = 0; j < 10; j++) {
                commands.add(PADDING + (i + j));
            }
            commands.stream().map(empty.log()::propose).toList().forEach(answer -> answer.join());
        }
        long closing = System.nanoTime();
        empty.group().close();
        say("close: %.0f ms", millisSince(closing));
        Opened full = open(folder.resolve("starts"));
        say("start of a log of %d commands: %.0f ms", full.group().appliedIndex(), full.millis());
        full.group().close();

        Opened bench = open(folder.resolve("proposals"));
        say("start of an empty log, later: %.0f ms", bench.millis());
        for (int proposers : List.of(1, 16, 64, 1, 16, 64)) {
            measure(List.of(bench.log()), proposers, seconds);
        }
        bench.group().close();
        say("load average %s", Files.readString(Path.of("/proc/loadavg")).strip());
    }

    private static void cluster(Path folder, int seconds, int servers) throws InterruptedException, IOException {
        List<RatisLogGroup> groups = new ArrayList<>();
        List<ReplicatedLog<String, String>> logs = new ArrayList<>();
        for (int i = 0; i < servers; i++) {
            RatisLogGroup group = RatisLogGroup.clustered(folder.resolve("server-" + i), ClusterSettings.at("127.0.0.1:0"));
            logs.add(group.attach("a", Texts.CODEC, new Counter()));
            group.start();
            groups.add(group);
        }
        List<Member> members = groups.stream().map(RatisLogGroup::self).toList();
        groups.forEach(group -> group.begin(members));
        logs.getFirst().propose(PADDING).join();
        int leader = 0;
        while (!groups.get(leader).isLeader()) {
            leader = (leader + 1) % servers;
        }
        measureAt("the leader", List.of(logs.get(leader)), seconds);
        measureAt("a follower", List.of(logs.get((leader + 1) % servers)), seconds);
        measureAt("all servers", logs, seconds);
        groups.forEach(RatisLogGroup::close);
        say("load average %s", Files.readString(Path.of("/proc/loadavg")).strip());
    }

    private static void measureAt(String where, List<ReplicatedLog<String, String>> logs, int seconds) throws InterruptedException {
        say("proposed on %s", where);
        for (int proposers : List.of(1, 16, 64, 1, 16, 64)) {
            measure(logs, proposers, seconds);
        }
    }

    private static void measure(List<ReplicatedLog<String, String>> logs, int proposers, int seconds) throws InterruptedException {
        ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
        long used = processorMicros();
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < proposers; i++) {
            ReplicatedLog<String, String> log = logs.get(i % logs.size());
            threads.add(Thread.ofVirtual().start(() -> {
                for (long before = System.nanoTime(); before < end; ) {
                    log.propose(PADDING).join();
                    long after = System.nanoTime();
                    latencies.add(after - before);
                    before = after;
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long[] sorted = latencies.stream().mapToLong(Long::longValue).sorted().toArray();
        say("%2d proposers: %6d commands/s, p50 %.2f ms, p99 %.2f ms, processor time %d us for one", proposers, sorted.length / seconds,
                sorted[sorted.length / 2] / 1e6, sorted[Math.min(sorted.length - 1, sorted.length * 99 / 100)] / 1e6,
                (processorMicros() - used) / sorted.length);
    }

    /** Of this whole process, so of all servers in it, and of the compilers. */
    private static long processorMicros() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1_000;
    }
}
