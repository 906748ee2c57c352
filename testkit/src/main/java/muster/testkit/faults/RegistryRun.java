package muster.testkit.faults;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import muster.testkit.SeededRandom;
import muster.testkit.faults.Judgement.Held;
import muster.testkit.faults.Judgement.Seen;
import muster.testkit.history.History;
import muster.testkit.history.KeyModel;
import muster.testkit.history.KeyModel.Input;
import muster.testkit.history.KeyModel.Output;

/**
 * One schedule of faults against registry servers that run, with clients that read and write keys and clients that want one
 * lock, and the judgement on what they saw. The schedule and what clients ask follow from the seed; how they interleave does
 * not.
 */
public final class RegistryRun {
    private static final int KEY_CLIENTS = 4;
    private static final int LOCK_CLIENTS = 3;
    private static final int KEYS = 3;

    private final Machines servers;
    private final long seed;
    private final List<Fault.Step> schedule;
    private final String prefix;
    private final History<Input, Output> history = new History<>(System::nanoTime);
    private final List<Held> held = Collections.synchronizedList(new ArrayList<>());
    private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> writes = Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean ending = new AtomicBoolean();
    private final AtomicInteger clients = new AtomicInteger();
    private final AtomicInteger values = new AtomicInteger();
    private final AtomicLong unknown = new AtomicLong();

    /** @param servers all run and are well; they are again at the end of {@link #run} */
    public RegistryRun(Machines servers, long seed, int faults) {
        this.servers = servers;
        this.seed = seed;
        this.schedule = Fault.schedule(SeededRandom.of(seed), servers.count(), faults);
        this.prefix = "run" + seed + "/";
    }

    /** Takes as long as the schedule, and a few seconds. */
    public Report run() throws InterruptedException {
        try (KvClient client = new KvClient(); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, KEY_CLIENTS).forEach(i -> threads.submit(() -> useKeys(client, SeededRandom.of(seed * 31 + i))));
            IntStream.range(0, LOCK_CLIENTS).forEach(i -> threads.submit(() -> useLock(client, SeededRandom.of(seed * 37 + i))));
            try {
                long began = System.nanoTime();
                for (Fault.Step step : schedule) {
                    pause(step.at().toMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
                    servers.apply(step.fault());
                }
                servers.mend();
            } finally {
                ending.set(true);
            }
            threads.shutdown();
            if (!threads.awaitTermination(60, TimeUnit.SECONDS)) {
                threads.shutdownNow();
                throw new AssertionError("clients did not get an answer within a minute after all was mended");
            }
            readAll(client);
        }
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put(Report.ANSWERED, (long) history.operations().size());
        counts.put(Report.UNKNOWN, unknown.get());
        counts.put(Report.HELD, (long) held.size());
        counts.put("ms without a write at most", longestPause().toMillis());
        return new Report(seed, schedule, new Judgement(history.operations(), held, seen).wrong(), counts);
    }

    private void useKeys(KvClient client, RandomGenerator random) {
        Map<String, Long> indexes = new HashMap<>();
        int number = clients.getAndIncrement();
        while (!ending.get()) {
            Input input = input(random, indexes);
            if (!ask(client, number, server(random), input, indexes)) {
                // What it asked may still be done: whoever goes on is another client.
                number = clients.getAndIncrement();
            }
            pause(random.nextInt(20));
        }
    }

    private Input input(RandomGenerator random, Map<String, Long> indexes) {
        String key = prefix + random.nextInt(KEYS);
        return switch (random.nextInt(6)) {
            case 0, 1 -> new Input.Get(key);
            case 2, 3 -> new Input.Put(key, "v" + values.getAndIncrement());
            case 4 -> new Input.Delete(key);
            default -> new Input.Cas(key, "v" + values.getAndIncrement(), indexes.getOrDefault(key, 0L));
        };
    }

    /** Returns whether the outcome is known. */
    private boolean ask(KvClient client, int number, URI server, Input input, Map<String, Long> indexes) {
        History<Input, Output>.Pending pending = history.call(number, input);
        long called = System.nanoTime();
        return switch (client.ask(server, input)) {
            case KvClient.Reply.Answered(Output output, long index) -> {
                pending.answered(output);
                if (output instanceof Output.Value value) {
                    indexes.put(input.key(), value.index());
                    seen.add(new Seen(input.key(), index, called, System.nanoTime()));
                } else {
                    writes.add(System.nanoTime());
                }
                yield true;
            }
            case KvClient.Reply.Refused refused -> {
                pending.refused();
                pause(20);
                yield true;
            }
            case KvClient.Reply.Unknown unclear -> {
                if (input instanceof Input.Get) {
                    pending.refused();
                } else {
                    pending.unknown();
                    unknown.incrementAndGet();
                }
                yield false;
            }
        };
    }

    private void useLock(KvClient client, RandomGenerator random) {
        while (!ending.get()) {
            client.openSession(server(random)).ifPresentOrElse(session -> {
                for (int i = 0; i < 10 && !ending.get(); i++) {
                    if (client.lock(server(random), prefix + "lock", session)) {
                        long from = System.nanoTime();
                        pause(random.nextInt(60));
                        held.add(new Held(session, from, System.nanoTime()));
                        if (random.nextBoolean()) {
                            break;
                        }
                        client.unlock(server(random), prefix + "lock", session);
                    }
                    pause(random.nextInt(50));
                }
                client.endSession(server(random), session);
            }, () -> pause(50));
        }
    }

    private void readAll(KvClient client) {
        for (int key = 0; key < KEYS; key++) {
            for (int server = 0; server < servers.count(); server++) {
                ask(client, clients.getAndIncrement(), servers.http(server), new Input.Get(prefix + key), new HashMap<>());
            }
        }
    }

    /** The longest time in which no write was acknowledged. */
    private Duration longestPause() {
        List<Long> sorted = writes.stream().sorted().toList();
        long longest = 0;
        for (int i = 1; i < sorted.size(); i++) {
            longest = Math.max(longest, sorted.get(i) - sorted.get(i - 1));
        }
        return Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(longest));
    }

    private URI server(RandomGenerator random) {
        return servers.http(random.nextInt(servers.count()));
    }

    /** Lets time pass: faults take theirs, and clients are not in a hurry. */
    private static void pause(long millis) {
        try {
            new CountDownLatch(1).await(Math.max(0, millis), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
