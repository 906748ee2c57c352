package muster.raft;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import muster.raft.SimulatedLog.Entry;
import muster.raft.SimulatedLog.Saved;
import muster.testkit.simulation.SimulatedDisk;

/**
 * One life of a server of a {@link SimulatedCluster}, from its start to its crash. Between the messages and the disk it does
 * what the engine and {@link RatisLogGroup} do together, with the real {@link Parts}, entries and snapshots.
 */
final class SimulatedServer implements LogGroup {
    private static final int GIVE_UP_MILLIS = 3_000;
    private static final int SEND_AGAIN_MILLIS = 150;
    private static final int MAX_UNDER_WAY = 16;

    /** Commands that were proposed here, in one entry. */
    private static final class UnderWay {
        final List<Proposal<?>> proposals;
        final byte[] entry;
        final long until;
        boolean sent;

        UnderWay(List<Proposal<?>> proposals, byte[] entry, long until) {
            this.proposals = proposals;
            this.entry = entry;
            this.until = until;
        }
    }

    /** Who waits until an entry is applied here. */
    private record Wait(long entry, CompletableFuture<Void> reached) {}

    private final SimulatedCluster<?> cluster;
    private final String name;
    private final SimulatedDisk<SimulatedLog> disk;
    private final SeenCalls.Writer writer;
    private final Map<String, Part<?, ?>> attached = new LinkedHashMap<>();
    private final List<LeadershipListener> listeners = new ArrayList<>();
    private final List<Proposal<?>> waiting = new ArrayList<>();
    private final Map<Long, UnderWay> underWay = new LinkedHashMap<>();
    private final List<Wait> waits = new ArrayList<>();
    private final Map<String, Long> matches = new HashMap<>();
    private final Map<String, Long> nexts = new HashMap<>();
    private final Map<Long, CompletableFuture<Long>> asked = new HashMap<>();
    private Parts parts;
    private SimulatedLog log;
    private Optional<String> leader = Optional.empty();
    private boolean leads;
    private boolean dead;
    private boolean flushing;
    private long leadsFrom;
    private long synced;
    private long committed;
    private long applied;
    private long sinceSnapshot;
    private long calls;
    private long questions;

    SimulatedServer(SimulatedCluster<?> cluster, String name, SimulatedDisk<SimulatedLog> disk, SeenCalls.Writer writer) {
        this.cluster = cluster;
        this.name = name;
        this.disk = disk;
        this.writer = writer;
        this.log = disk.content();
    }

    // The side of its users.

    @Override
    public <C, R> ReplicatedLog<C, R> attach(String part, CommandCodec<C> codec, StateMachine<C, R> machine) {
        attached.put(part, new Part<>(part, codec, machine));
        return new ReplicatedLog<>() {
            @Override
            public CompletableFuture<Applied<R>> propose(C command) {
                CompletableFuture<Applied<R>> answer = new CompletableFuture<>();
                waiting.add(new Proposal<>(part, codec.encode(command), answer));
                flushSoon();
                return answer;
            }

            @Override
            public long appliedIndex() {
                return SimulatedServer.this.appliedIndex();
            }
        };
    }

    @Override
    public void start() {
        parts = new Parts(attached);
        log.snapshot().ifPresent(this::take);
        synced = log.last();
        beat();
    }

    @Override
    public long appliedIndex() {
        return parts.index();
    }

    /** Both modes ask a majority: a lease needs clocks that differ, and they are one here. */
    @Override
    public CompletableFuture<Void> current(ReadMode mode) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        ask(done, cluster.time().millis() + GIVE_UP_MILLIS);
        return done;
    }

    @Override
    public void onLeadership(LeadershipListener listener) {
        listeners.add(listener);
    }

    @Override
    public boolean isLeader() {
        return leads;
    }

    @Override
    public Optional<String> leader() {
        return leader;
    }

    /** Like a crash: a server that is told to stop gives no promise that it does not give to one that is killed. */
    @Override
    public void close() {
        dead = true;
        leads = false;
        List.copyOf(underWay.values()).forEach(batch -> fail(batch, "it stopped"));
        underWay.clear();
        waiting.forEach(proposal -> proposal.fail(new NotLeaderException("it stopped", Optional.empty())));
        waiting.clear();
    }

    boolean isDead() {
        return dead;
    }

    // Proposing.

    private void flushSoon() {
        if (!flushing && !dead) {
            flushing = true;
            cluster.time().after(cluster.chance().nextInt(2), () -> {
                flushing = false;
                flush();
            });
        }
    }

    private void flush() {
        if (dead || waiting.isEmpty() || underWay.size() >= MAX_UNDER_WAY
                || underWay.keySet().stream().anyMatch(call -> calls - call >= SeenCalls.WINDOW / 2)) {
            return;
        }
        List<Proposal<?>> batch = List.copyOf(waiting);
        waiting.clear();
        long call = ++calls;
        underWay.put(call, new UnderWay(batch, EntryBytes.write(batch), cluster.time().millis() + GIVE_UP_MILLIS));
        send(call);
    }

    /** Sends a batch to whoever leads, again and again under the same number until it is applied here. */
    private void send(long call) {
        UnderWay batch = underWay.get(call);
        if (dead || batch == null) {
            return;
        }
        if (cluster.time().millis() >= batch.until) {
            underWay.remove(call);
            fail(batch, "no answer");
            flushSoon();
            return;
        }
        leader.ifPresent(known -> {
            batch.sent = true;
            cluster.send(name, known, server -> server.write(writer, call, batch.entry));
        });
        cluster.time().after(SEND_AGAIN_MILLIS, () -> send(call));
    }

    private static void fail(UnderWay batch, String why) {
        RuntimeException reason = batch.sent ? new OutcomeUnknownException(why) : new NotLeaderException(why, Optional.empty());
        batch.proposals.forEach(proposal -> proposal.fail(reason));
    }

    // Reading.

    private void ask(CompletableFuture<Void> done, long until) {
        if (done.isDone()) {
            return;
        }
        if (dead || cluster.time().millis() >= until) {
            done.completeExceptionally(new NotLeaderException("nobody answers", leader));
            return;
        }
        leader.ifPresent(known -> cluster.send(name, known, server -> server.confirm().thenAccept(entry ->
                cluster.send(known, name, asker -> {
                    if (asker == this && !done.isDone()) {
                        waits.add(new Wait(entry, done));
                        wake();
                    }
                }))));
        cluster.time().after(SEND_AGAIN_MILLIS, () -> ask(done, until));
    }

    /** The entry up to which all is committed, once a majority still takes this server for its leader; never, if it does not. */
    private CompletableFuture<Long> confirm() {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        if (!leads || committed < leadsFrom) {
            return answer;
        }
        long question = ++questions;
        long at = committed;
        long term = log.term();
        asked.put(question, answer);
        List<String> sure = new ArrayList<>(List.of(name));
        for (String other : cluster.names()) {
            if (!other.equals(name)) {
                cluster.send(name, other, server -> {
                    if (server.log.term() == term) {
                        cluster.send(other, name, asker -> {
                            if (asker == this && leads && log.term() == term && !sure.contains(other)) {
                                sure.add(other);
                                confirmed(question, sure, at);
                            }
                        });
                    }
                });
            }
        }
        confirmed(question, sure, at);
        return answer;
    }

    private void confirmed(long question, Collection<String> sure, long at) {
        if (sure.size() > cluster.names().size() / 2 && asked.containsKey(question)) {
            asked.remove(question).complete(at);
        }
    }

    private void wake() {
        for (Iterator<Wait> all = waits.iterator(); all.hasNext(); ) {
            Wait wait = all.next();
            if (wait.entry() <= applied) {
                all.remove();
                wait.reached().complete(null);
            }
        }
    }

    // Leading.

    /** Whether this log has all that the other one has, as a voter sees it. */
    boolean isAtLeast(SimulatedServer other) {
        long own = log.termAt(log.last());
        long its = other.log.termAt(other.log.last());
        return own > its || own == its && log.last() >= other.log.last();
    }

    long term() {
        return log.term();
    }

    /** Votes: takes no orders of earlier terms any more, even after a crash. */
    void promise(long term) {
        log = log.withTerm(term);
        disk.writeThrough(content -> content.withTerm(term));
        follow(Optional.empty());
    }

    void lead() {
        leads = true;
        leader = Optional.of(name);
        matches.clear();
        nexts.clear();
        cluster.names().forEach(other -> nexts.put(other, log.last() + 1));
        leadsFrom = log.last() + 1;
        add(new Entry(log.term(), Optional.empty(), 0, new byte[0]));
        listeners.forEach(listener -> listener.leads(true));
    }

    private void follow(Optional<String> whom) {
        if (leads) {
            leads = false;
            asked.clear();
            listeners.forEach(listener -> listener.leads(false));
        }
        leader = whom;
    }

    private void write(SeenCalls.Writer from, long call, byte[] bytes) {
        if (leads) {
            add(new Entry(log.term(), Optional.of(from), call, bytes));
        }
    }

    private void add(Entry entry) {
        long at = log.last() + 1;
        log = log.with(at, List.of(entry));
        disk.write(content -> content.with(at, List.of(entry)), () -> {
            synced = Math.max(synced, at);
            commit();
        });
        cluster.names().forEach(this::replicate);
    }

    private void beat() {
        if (!dead) {
            if (leads) {
                cluster.names().forEach(this::replicate);
            }
            cluster.time().after(40, this::beat);
        }
    }

    private void replicate(String other) {
        if (other.equals(name)) {
            return;
        }
        long term = log.term();
        long from = nexts.get(other);
        long upTo = committed;
        Optional<Saved> snapshot = log.snapshot();
        if (from < log.first() && snapshot.isPresent()) {
            cluster.send(name, other, server -> server.install(name, term, snapshot.get()));
            return;
        }
        List<Entry> entries = log.from(from);
        long before = log.termAt(from - 1);
        cluster.send(name, other, server -> server.append(name, term, from - 1, before, entries, upTo));
    }

    private void acknowledged(String other, long term, long match) {
        if (leads && log.term() == term) {
            matches.merge(other, match, Math::max);
            nexts.merge(other, match + 1, Math::max);
            commit();
        }
    }

    private void refused(String other, long term, long hint) {
        if (term > log.term()) {
            promise(term);
        } else if (leads && term == log.term()) {
            nexts.put(other, Math.max(1, Math.min(hint, nexts.get(other) - 1)));
        }
    }

    private void commit() {
        if (!leads) {
            return;
        }
        long[] all = cluster.names().stream()
                .mapToLong(server -> server.equals(name) ? synced : matches.getOrDefault(server, 0L)).sorted().toArray();
        long majority = all[(all.length - 1) / 2];
        if (majority > committed && log.termAt(majority) == log.term()) {
            committed = majority;
            apply();
        }
    }

    // Following.

    private void append(String from, long term, long before, long termBefore, List<Entry> entries, long upTo) {
        if (!accept(from, term)) {
            return;
        }
        long start = before + 1;
        List<Entry> fresh = entries;
        if (before < log.first() - 1) {
            // What the snapshot covers is committed, so it is the same.
            int covered = (int) Math.min(entries.size(), log.first() - 1 - before);
            start += covered;
            fresh = entries.subList(covered, entries.size());
        } else if (before > log.last() || log.termAt(before) != termBefore) {
            long hint = Math.min(before, log.last() + 1);
            cluster.send(name, from, server -> server.refused(name, term, hint));
            return;
        }
        while (!fresh.isEmpty() && start <= log.last() && log.termAt(start) == fresh.getFirst().term()) {
            start++;
            fresh = fresh.subList(1, fresh.size());
        }
        long at = start;
        List<Entry> added = fresh;
        if (!added.isEmpty()) {
            log = log.with(at, added);
        }
        long match = Math.max(before + entries.size(), log.first() - 1);
        disk.write(content -> added.isEmpty() ? content : content.with(at, added), () -> {
            synced = log.last();
            cluster.send(name, from, server -> server.acknowledged(name, term, match));
        });
        committed = Math.max(committed, Math.min(upTo, match));
        apply();
    }

    private boolean accept(String from, long term) {
        if (term < log.term()) {
            long own = log.term();
            cluster.send(name, from, server -> server.refused(name, own, 0));
            return false;
        }
        if (term > log.term()) {
            promise(term);
        }
        leader = Optional.of(from);
        return true;
    }

    private void install(String from, long term, Saved snapshot) {
        if (!accept(from, term)) {
            return;
        }
        if (snapshot.entry() > applied) {
            log = log.with(snapshot);
            take(snapshot);
            // As the engine does: who waits for commands that were applied elsewhere only learns nothing of them any more.
            parts.published();
            List.copyOf(underWay.keySet()).forEach(call -> {
                if (underWay.get(call).sent) {
                    fail(underWay.remove(call), "it fell behind");
                }
            });
            wake();
        }
        disk.write(content -> content.with(snapshot), () ->
                cluster.send(name, from, server -> server.acknowledged(name, term, snapshot.entry())));
    }

    private void take(Saved snapshot) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(snapshot.bytes()))) {
            parts.restore(in, snapshot.index(), true, Path.of("simulated"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        applied = snapshot.entry();
        committed = Math.max(committed, applied);
        cluster.agree(applied, Arrays.hashCode(saved()), "state");
    }

    // Applying.

    private void apply() {
        while (applied < committed && applied < log.last()) {
            applied++;
            Entry entry = log.at(applied);
            entry.writer().ifPresent(from -> applied(from, entry));
            cluster.agree(applied, Objects.hash(entry.term(), parts.index()), "entry");
            if (applied % SimulatedCluster.COMPARED_EVERY == 0) {
                cluster.agree(applied, Arrays.hashCode(saved()), "state");
            }
            if (++sinceSnapshot >= cluster.snapshotEvery()) {
                snapshot();
            }
        }
        wake();
    }

    private void applied(SeenCalls.Writer from, Entry entry) {
        List<Outcome> outcomes = parts.apply(from, entry.call(), entry.bytes());
        if (!from.equals(writer)) {
            return;
        }
        UnderWay batch = underWay.remove(entry.call());
        if (batch != null && outcomes.isEmpty()) {
            fail(batch, "it was applied before");
        } else if (batch != null) {
            for (int i = 0; i < outcomes.size(); i++) {
                batch.proposals.get(i).settle(outcomes.get(i));
            }
        }
        flushSoon();
    }

    private void snapshot() {
        sinceSnapshot = 0;
        Saved snapshot = new Saved(applied, log.termAt(applied), parts.index(), saved());
        cluster.agree(applied, Arrays.hashCode(snapshot.bytes()), "state");
        disk.write(content -> content.with(snapshot), () -> {
            if (snapshot.entry() >= log.first()) {
                log = log.with(snapshot);
            }
        });
    }

    private byte[] saved() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            parts.held().writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
