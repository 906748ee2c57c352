package muster.testkit.faults;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import muster.testkit.Eventually;
import muster.testkit.SeededRandom;
import muster.testkit.faults.Judgement.Seen;
import muster.testkit.history.History;
import muster.testkit.history.JobModel;
import muster.testkit.history.JobModel.Input;
import muster.testkit.history.JobModel.Output;
import muster.testkit.history.Linearizability;

/**
 * One schedule of faults against scheduler servers and the agents that run their tasks, while jobs are registered, scaled and
 * stopped; and the judgement on what was answered and on what runs in the end. The schedule and what is asked follow from the
 * seed; how they interleave does not. Server 0 of the schedule is whichever leads when it begins.
 */
public final class SchedulerRun {
    private static final int CLIENTS = 3;
    private static final int MOST_INSTANCES = 4;
    /** Of these the last makes no deployments, so that it can be scaled at any time. */
    private static final List<String> JOBS = List.of("a", "b", "c");
    private static final Duration SETTLED = Duration.ofSeconds(150);
    /** Faults take longer than a registry's: nodes have to be away until they are down. */
    private static final int STRETCH = 2;
    private static final Pattern LEADER = Pattern.compile("\"Leader\":true,\"Node\":\"m(\\d+)\\.");
    private static final Set<String> ENDED = Set.of("successful", "failed", "cancelled");

    private final Machines machines;
    private final long seed;
    private final List<Fault.Step> schedule;
    private final History<Input, Output> history = new History<>(System::nanoTime);
    private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean ending = new AtomicBoolean();
    private final AtomicInteger clients = new AtomicInteger();
    private final AtomicInteger marks = new AtomicInteger();
    private final AtomicLong unknown = new AtomicLong();

    /**
     * Prepares; nothing happens yet.
     *
     * @param machines all run and are well; they are again at the end of {@link #run}
     */
    public SchedulerRun(Machines machines, long seed, int faults) {
        this.machines = machines;
        this.seed = seed;
        this.schedule = Fault.schedule(SeededRandom.of(seed), machines.count(), faults).stream()
                .map(step -> new Fault.Step(step.at().multipliedBy(STRETCH), step.fault())).toList();
    }

    /** Takes as long as the schedule, and until all is as the jobs say. */
    public Report run() throws InterruptedException {
        List<String> wrong = new ArrayList<>();
        long settled;
        try (JobClient client = new JobClient(); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int leader = leader(client);
            JOBS.forEach(job -> ask(client, clients.getAndIncrement(), machines.http(leader), new Input.Register(name(job), mark(), MOST_INSTANCES)));
            IntStream.range(0, CLIENTS).forEach(i -> threads.submit(() -> useJobs(client, SeededRandom.of(seed * 41 + i))));
            try {
                long began = System.nanoTime();
                for (Fault.Step step : schedule) {
                    pause(step.at().toMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
                    machines.apply(step.fault().renumbered(number -> number < machines.servers() ? (number + leader) % machines.servers() : number));
                }
                machines.mend();
            } finally {
                ending.set(true);
            }
            threads.shutdown();
            if (!threads.awaitTermination(60, TimeUnit.SECONDS)) {
                threads.shutdownNow();
                throw new AssertionError("clients did not get an answer within a minute after all was mended");
            }
            long mended = System.nanoTime();
            JOBS.forEach(job -> settle(client, name(job), wrong));
            settled = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - mended);
            JOBS.forEach(job -> IntStream.range(0, machines.count()).forEach(agent ->
                    ask(client, clients.getAndIncrement(), machines.http(agent), new Input.Read(name(job)))));
            if (wrong.isEmpty()) {
                JOBS.forEach(job -> Eventually.passes("a job is purged", SETTLED, () -> client.purge(machines.http(0), name(job))));
            }
        }
        wrong.addAll(Judgement.unexplained(Linearizability.check(new JobModel(), history.operations(), Judgement.CHECK_STEPS)));
        wrong.addAll(Judgement.wentBack(seen));
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put(Report.ANSWERED, (long) history.operations().size() - unknown.get());
        counts.put(Report.UNKNOWN, unknown.get());
        counts.put("ms until all was as the jobs say", settled);
        return new Report(seed, schedule, List.copyOf(wrong), counts);
    }

    private int leader(JobClient client) {
        return Eventually.value("a server that leads", SETTLED, () -> {
            Matcher found = LEADER.matcher(client.text(machines.http(0), "/v1/operator/raft/configuration"));
            return found.find() ? Optional.of(Integer.parseInt(found.group(1))) : Optional.empty();
        });
    }

    private String name(String job) {
        return "run" + seed + "-" + job;
    }

    private String mark() {
        return "m" + marks.getAndIncrement();
    }

    private void useJobs(JobClient client, RandomGenerator random) {
        int number = clients.getAndIncrement();
        while (!ending.get()) {
            String job = name(JOBS.get(random.nextInt(JOBS.size())));
            long count = random.nextInt(MOST_INSTANCES + 1);
            Input input = switch (random.nextInt(10)) {
                case 0, 1, 2 -> new Input.Register(job, mark(), count);
                case 3, 4, 5 -> new Input.Scale(job, count);
                case 6 -> new Input.Stop(job);
                default -> new Input.Read(job);
            };
            if (!ask(client, number, machines.http(random.nextInt(machines.count())), input)) {
                // What it asked may still be done: whoever goes on is another client.
                number = clients.getAndIncrement();
            }
            pause(50 + random.nextInt(400));
        }
    }

    /** Returns whether the outcome is known. */
    private boolean ask(JobClient client, int number, URI agent, Input input) {
        History<Input, Output>.Pending pending = history.call(number, input);
        long called = System.nanoTime();
        return switch (client.ask(agent, input, !input.job().endsWith(JOBS.getLast()))) {
            case JobClient.Reply.Answered(Output output, long index) -> {
                pending.answered(output);
                if (output instanceof Output.Seen) {
                    seen.add(new Seen(input.job(), index, called, System.nanoTime()));
                }
                yield true;
            }
            case JobClient.Reply.Refused refused -> {
                pending.refused();
                yield true;
            }
            case JobClient.Reply.Unknown unclear -> {
                pending.unknown();
                unknown.incrementAndGet();
                yield false;
            }
        };
    }

    /** Waits until a job is as it says, on the servers and among the processes, and looks once more whether it stays so. */
    private void settle(JobClient client, String job, List<String> wrong) {
        try {
            Eventually.passes(job + " is as it says", SETTLED, () -> {
                List<String> missing = missing(client, job);
                if (missing.isEmpty()) {
                    pause(200);
                    missing = missing(client, job);
                }
                if (!missing.isEmpty()) {
                    throw new AssertionError(String.join("\n", missing));
                }
            });
        } catch (AssertionError e) {
            wrong.add(e.getMessage() + ": " + (e.getCause() == null ? "" : e.getCause().getMessage()));
        }
    }

    /** What is not as the job says. */
    private List<String> missing(JobClient client, String job) throws IOException, InterruptedException {
        URI agent = machines.http(0);
        List<String> missing = new ArrayList<>();
        if (!(client.ask(agent, new Input.Read(job), false) instanceof JobClient.Reply.Answered(Output.Seen(Optional<JobModel.Job> known, long index), long at))) {
            return List.of("no answer about " + job);
        }
        long wanted = known.filter(there -> !there.stopped()).map(JobModel.Job::count).orElse(0L);
        List<Map<String, Object>> allocations = client.list(agent, "/v1/job/" + job + "/allocations");
        List<Map<String, Object>> live = allocations.stream()
                .filter(one -> one.get("DesiredStatus").equals("run") && one.get("ClientStatus").equals("running")).toList();
        if (live.size() != wanted) {
            missing.add(live.size() + " of " + job + " run, not " + wanted);
        }
        if (!allOf(live, "Name").allMatch(new HashSet<>()::add)) {
            missing.add("one number has two instances");
        }
        Object version = client.object(agent, "/v1/job/" + job).get("Version");
        if (allOf(live, "JobVersion").anyMatch(its -> !its.equals(version))) {
            missing.add("an instance is of another version than " + version);
        }
        allocations.stream().filter(one -> !live.contains(one) && Set.of("pending", "running", "unknown").contains(one.get("ClientStatus")))
                .forEach(one -> missing.add("allocation " + one.get("ID") + " wants to " + one.get("DesiredStatus") + " and is " + one.get("ClientStatus")));
        List<String> processes = Tasks.below(machines.folder()).stream().filter(task -> task.job().equals(job)).map(Tasks.Task::allocation).sorted().toList();
        List<String> owned = allOf(live, "ID").map(String::valueOf).sorted().toList();
        if (!processes.equals(owned)) {
            missing.add("processes of allocations " + processes + " run, not of " + owned);
        }
        allOf(client.list(agent, "/v1/job/" + job + "/deployments"), "Status").filter(status -> !ENDED.contains(String.valueOf(status)))
                .forEach(status -> missing.add("a deployment is " + status));
        allOf(client.list(agent, "/v1/job/" + job + "/evaluations"), "Status").filter(status -> status.equals("pending") || status.equals("blocked"))
                .forEach(status -> missing.add("an evaluation is " + status));
        return missing;
    }

    private static Stream<Object> allOf(List<Map<String, Object>> objects, String field) {
        return objects.stream().map(object -> object.get(field));
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
