package muster.scheduler.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import muster.raft.NotLeaderException;
import muster.scheduler.job.Job;
import muster.scheduler.job.Reach;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Autopilot;
import muster.scheduler.state.Change;
import muster.scheduler.state.Command;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeEvent;
import muster.scheduler.state.State;
import muster.scheduler.state.Store;
import muster.scheduler.state.Topic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only the leader does. It hears of each publication on the log's thread, feeds the broker and the watchers from it,
 * and never waits there; the workers run on virtual threads.
 */
public final class Leader implements Store.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leader.class);
    /** After which evaluations whose plans were refused too often are looked at again, as the original does. */
    private static final Duration REFUSED_AGAIN = Duration.ofMinutes(1);
    private static final Duration AGAIN = Duration.ofMillis(100);

    private final Writer writer;
    private final Writer everybodys;
    private final Duration failover;
    private final Evaluations evaluations;
    private final EvaluationBroker broker;
    private final BlockedEvaluations blocked = new BlockedEvaluations();
    private final DeploymentWatcher deployments;
    private final Drainer drainer;
    private final Periodic periodic;
    private final VariableLocks locks;
    private final Heartbeats heartbeats;
    private final Collector collector;
    private final Autoscaler autoscaler;
    private final Executor background;
    private volatile LoadSource load = LoadSource.NONE;
    private volatile BooleanSupplier stands = () -> true;
    private final GcSettings gc;
    private final Timers timers;
    private Runnable nextCollection = () -> { };
    private final List<Thread> workers = new ArrayList<>();
    private final PlanApplier applier;
    private final RandomGenerator random;
    private final int workerCount;
    private volatile Optional<Autopilot> firstRules = Optional.empty();
    private volatile String term = "";
    private volatile boolean leads;

    public Leader(Writer writer, Timers timers, RandomGenerator random, LeaderSettings settings) {
        this(writer, timers, random, settings, action -> Thread.ofVirtual().name("scheduler-again").start(action));
    }

    /** @param background runs what blocks */
    Leader(Writer writer, Timers timers, RandomGenerator random, LeaderSettings settings, Executor background) {
        this.background = background;
        everybodys = writer;
        this.writer = writer.ofLeader(() -> term, this::unsure);
        this.random = random;
        this.timers = timers;
        gc = settings.gc();
        collector = new Collector(this.writer);
        autoscaler = new Autoscaler(this.writer, timers, (state, namespace, job, group, query) ->
                load.perInstance(state, namespace, job, group, query));
        failover = settings.failover();
        evaluations = new Evaluations(writer);
        broker = new EvaluationBroker(writer::now, timers);
        deployments = new DeploymentWatcher(this.writer, timers);
        drainer = new Drainer(this.writer, timers);
        periodic = new Periodic(this.writer, timers);
        locks = new VariableLocks(this.writer, timers);
        applier = new PlanApplier(this.writer);
        workerCount = settings.workers();
        heartbeats = new Heartbeats(settings.minHeartbeat(), settings.heartbeatGrace(), settings.maxHeartbeatsPerSecond(),
                timers, random, this::missed);
    }

    public EvaluationBroker broker() {
        return broker;
    }

    public BlockedEvaluations blocked() {
        return blocked;
    }

    public Periodic periodic() {
        return periodic;
    }

    public boolean leads() {
        return leads;
    }

    /** By which rules servers are kept from the first time on that this one leads, unless rules were set before. */
    public void beginWith(Autopilot rules) {
        firstRules = Optional.of(rules);
    }

    /**
     * Takes up what the state says is to be done, once it is written that this server leads: from there on nothing that an earlier
     * leader still proposes has an effect. Blocks until then. Fails with {@link NotLeaderException} where it does not lead.
     */
    public synchronized void lead() {
        if (leads) {
            return;
        }
        String begun = everybodys.id();
        everybodys.write(new Command.TakeLead(begun));
        firstRules.filter(rules -> everybodys.state().servers().autopilot().modifyIndex() == 0)
                .ifPresent(rules -> everybodys.write(new Command.SetAutopilot(rules, true, 0)));
        term = begun;
        leads = true;
        State state = writer.state();
        for (Evaluation evaluation : state.evaluations()) {
            take(evaluation);
        }
        deployments.start(state);
        periodic.start(state);
        locks.start(state);
        drainer.start(state);
        for (Node node : state.nodes()) {
            if (!node.status().equals(Node.DOWN)) {
                heartbeats.arm(node.id(), failover);
            }
        }
        autoscaler.start(state);
        nextCollection = timers.after(gc.interval(), this::collect);
        for (int i = 0; i < workerCount; i++) {
            workers.add(Thread.ofVirtual().name("scheduler-worker-" + i).start(worker()));
        }
    }

    /** One more who works on evaluations while this server leads. */
    Worker worker() {
        return new Worker(broker, applier, writer, random);
    }

    /** Lets go of everything: another server leads. */
    public synchronized void follow() {
        leads = false;
        workers.forEach(Thread::interrupt);
        workers.clear();
        broker.clear();
        blocked.clear();
        deployments.clear();
        drainer.clear();
        periodic.clear();
        locks.clear();
        heartbeats.clear();
        nextCollection.run();
        collector.clear();
        autoscaler.clear();
    }

    /** What tells whether this server has the log's lead; without it, it is taken for granted. */
    public void standsBy(BooleanSupplier isLeader) {
        stands = isLeader;
    }

    /** Lets go of what is known and takes the lead up anew. Blocks. */
    private void beginAgain() {
        synchronized (this) {
            if (!leads) {
                return;
            }
            follow();
        }
        leadAgain();
    }

    /** As often as it takes while this server has the log's lead. */
    private void leadAgain() {
        if (!stands.getAsBoolean()) {
            return;
        }
        try {
            lead();
        } catch (RuntimeException e) {
            LOG.warn("lead not taken up again, trying while this server has it reason={}", e.toString());
            timers.after(AGAIN, () -> background.execute(this::leadAgain));
            return;
        }
        if (!stands.getAsBoolean()) {
            follow();
        }
    }

    /**
     * Something was proposed and may yet be committed, or not. Under a new term it was, or never will be: a plan made without it
     * would place what it placed a second time.
     */
    private void unsure(String proposedIn) {
        background.execute(() -> {
            if (term.equals(proposedIn)) {
                beginAgain();
            }
        });
    }

    /** As {@link #beginAgain}, unless another look at the state shows that it was done. */
    private void regain() {
        if (!term.equals(writer.state().servers().term())) {
            LOG.info("the term of an earlier lead came late, taking the lead up again");
            beginAgain();
        }
    }

    @Override
    public void close() {
        follow();
    }

    @Override
    public void published(State state, List<Change> changes, Set<String> topics) {
        if (!leads) {
            return;
        }
        if (topics.contains(Topic.EVERYTHING)) {
            // What is known of the former state is let go.
            background.execute(this::beginAgain);
            return;
        }
        if (!term.equals(state.servers().term())) {
            // Of two who took the lead up the earlier one's word may be committed last. Nothing that this one decides has an effect
            // then, though it is the one that leads.
            background.execute(this::regain);
        }
        for (Change change : changes) {
            switch (change.payload()) {
                case Evaluation evaluation -> take(evaluation);
                case Allocation allocation -> {
                    blocked.changed().forEach(broker::enqueue);
                    if (allocation.isTerminal()) {
                        freed(state.nodes().get(allocation.nodeId()), state.index());
                    }
                }
                case Node node -> {
                    if (node.isReady()) {
                        freed(node, state.index());
                    }
                }
                case Job job -> {
                    blocked.changed().forEach(broker::enqueue);
                    periodic.changed(job);
                    autoscaler.changed(state);
                }
                default -> { }
            }
        }
        deployments.published(state, changes);
        drainer.published(state, changes);
        locks.published(state, topics);
    }

    private void take(Evaluation evaluation) {
        switch (evaluation.status()) {
            case Evaluation.PENDING -> broker.enqueue(evaluation);
            case Evaluation.BLOCKED -> {
                BlockedEvaluations.Blocked result = blocked.block(evaluation);
                result.again().ifPresent(broker::enqueue);
                result.replaced().ifPresent(this::cancel);
                if (evaluation.triggeredBy().equals(Evaluations.MAX_ATTEMPTS)) {
                    timers.after(REFUSED_AGAIN, this::tryRefused);
                }
            }
            default -> blocked.forget(evaluation);
        }
    }

    private void cancel(Evaluation duplicate) {
        writer.propose(new Command.UpdateEvaluations(List.of(duplicate.withStatus(Evaluation.CANCELED)
                .withStatusDescription("existing blocked evaluation exists for job \"" + duplicate.jobId() + "\"")
                .withModifyTime(writer.nowNanos()))));
    }

    private void freed(Node node, long index) {
        if (node != null && blocked.size() > 0) {
            blocked.unblock(node.computedClass(), index).forEach(broker::enqueue);
        }
    }

    /** From where the rules of {@code scaling} blocks learn what instances have to do; nothing is measured before. */
    public void measureBy(LoadSource source) {
        load = source;
    }

    private synchronized void collect() {
        if (leads) {
            collector.collectOld(gc);
            nextCollection = timers.after(gc.interval(), this::collect);
        }
    }

    private synchronized void tryRefused() {
        if (leads) {
            blocked.refused().forEach(broker::enqueue);
        }
    }

    /**
     * Notes a node's sign of life; answers within which time the next is due. Throws {@link NotLeaderException} where this
     * server does not lead: nodes' times run on the leader alone.
     */
    public Duration beat(String nodeId) {
        if (!leads) {
            throw new NotLeaderException("this server does not lead", Optional.empty());
        }
        return heartbeats.beat(nodeId);
    }

    void forget(String nodeId) {
        heartbeats.forget(nodeId);
    }

    private void missed(String nodeId) {
        State state = writer.state();
        Node node = state.nodes().get(nodeId);
        if (node == null || node.status().equals(Node.DOWN) || node.status().equals(Node.DISCONNECTED)) {
            return;
        }
        LOG.warn("node missed its heartbeat node={} name={}", nodeId, node.name());
        NodeEvent event = new NodeEvent(0, null, "Node heartbeat missed", "Cluster", writer.now());
        writer.propose(new Command.UpdateNodeStatus(nodeId, mayReturn(state, nodeId) ? Node.DISCONNECTED : Node.DOWN, writer.now().getEpochSecond(), event,
                evaluationsFor(state, node, Evaluations.NODE_UPDATE)));
    }

    /** Whether something runs there that may go on without its servers for a while. */
    private static boolean mayReturn(State state, String nodeId) {
        return state.liveOn(nodeId).stream().anyMatch(allocation -> allocation.job() != null && allocation.group() != null
                && allocation.group().maxClientDisconnect() != null);
    }

    /** One evaluation for each job that has something on the node, and for each system job that might want to. */
    public List<Evaluation> evaluationsFor(State state, Node node, String trigger) {
        Map<String, Job> jobs = new LinkedHashMap<>();
        for (Allocation allocation : state.allocationsOn(node.id())) {
            Job job = state.job(allocation.namespace(), allocation.jobId());
            if (job != null && !(allocation.isTerminal() && job.isStopped())) {
                jobs.put(State.key(job.namespace(), job.id()), job);
            }
        }
        for (Job job : state.jobs()) {
            if (job.type().startsWith("sys") && !job.isStopped() && node.isWithin(Reach.of(job))) {
                jobs.put(State.key(job.namespace(), job.id()), job);
            }
        }
        List<Evaluation> made = new ArrayList<>();
        jobs.values().forEach(job -> made.add(evaluations.ofNode(job, node, trigger)));
        return made;
    }
}
