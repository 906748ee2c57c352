package muster.raft.members;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.raft.Member;
import muster.raft.RatisLogGroup;
import muster.raft.members.AskException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins the log of a server that has none, as {@link Founding} decides. To begin one together, one server asks the others for a
 * promise, and begins when all gave it. Asked by one thread; the others' questions are answered on any.
 */
final class Founder {
    private static final Logger LOG = LoggerFactory.getLogger(Founder.class);
    private static final String PROMISE = "log.promise";
    private static final String RELEASE = "log.release";
    private static final String BEGIN = "log.begin";
    private static final long ANSWER_MILLIS = 3_000;

    private final RatisLogGroup group;
    private final Membership members;
    private final Runnable begun;
    /** Guarded by this. */
    private final Promises promises = new Promises();
    private String waiting = "";

    /** @param begun called when another server had this one begin */
    Founder(RatisLogGroup group, Membership members, Runnable begun) {
        this.group = group;
        this.members = members;
        this.begun = begun;
        members.answer(PROMISE, (from, body, gone) -> done(promised(from)));
        members.answer(RELEASE, (from, body, gone) -> done(released(from)));
        members.answer(BEGIN, (from, body, gone) -> done(begun(body)));
    }

    /**
     * Does what is due now, which may be to wait. Blocks while others are asked.
     *
     * @param others the other servers that are or may come back
     */
    void found(LogSeat self, List<LogSeat> others) throws InterruptedException {
        switch (Founding.decide(self, others)) {
            case Founding.Wait(String reason) -> {
                if (!reason.equals(waiting)) {
                    LOG.info("no log yet reason=\"{}\"", reason);
                    waiting = reason;
                }
            }
            case Founding.Take(List<Member> log) -> begin(log);
            case Founding.Join() -> begin(List.of());
            case Founding.Found(List<Member> log) -> foundWith(log);
        }
    }

    private synchronized void begin(List<Member> log) {
        if (group.isNew()) {
            group.begin(log);
            LOG.info("log begun members={}", log);
        }
    }

    private void foundWith(List<Member> log) throws InterruptedException {
        if (log.size() == 1) {
            begin(log);
            return;
        }
        String own = members.self().name();
        Optional<String> refusal = promised(own);
        List<String> names = new ArrayList<>();
        for (Member member : log) {
            if (!member.id().equals(group.self().id())) {
                nameOf(member).ifPresent(names::add);
            }
        }
        for (int i = 0; i < names.size() && refusal.isEmpty(); i++) {
            refusal = asked(names.get(i));
        }
        if (refusal.isPresent()) {
            LOG.info("log not begun yet reason=\"{}\"", refusal.get());
            released(own);
            names.forEach(name -> members.ask(name, RELEASE, new byte[0]));
            return;
        }
        begin(log);
        names.forEach(name -> members.ask(name, BEGIN, LogSeat.bytes(log)));
    }

    private Optional<String> nameOf(Member member) {
        return members.members().stream().filter(agent -> LogSeat.of(agent).filter(seat -> seat.self().id().equals(member.id())).isPresent())
                .filter(AgentMember::isAlive).map(AgentMember::name).findFirst();
    }

    /** Why a server does not promise, or nothing where it did. */
    private Optional<String> asked(String name) throws InterruptedException {
        try {
            members.ask(name, PROMISE, new byte[0]).get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(name + ": " + e.getCause().getMessage());
        } catch (TimeoutException e) {
            return Optional.of(name + " does not answer");
        }
    }

    private synchronized Optional<String> promised(String founder) {
        return group.isNew() ? promises.give(founder, System.nanoTime()) : Optional.of("it has a log already");
    }

    private synchronized Optional<String> released(String founder) {
        promises.release(founder);
        return Optional.empty();
    }

    private Optional<String> begun(byte[] body) {
        try {
            begin(LogSeat.members(body));
            begun.run();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static CompletionStage<byte[]> done(Optional<String> refusal) {
        return refusal.<CompletionStage<byte[]>>map(text -> CompletableFuture.failedFuture(new AskException(Reason.REFUSED, text)))
                .orElseGet(() -> CompletableFuture.completedFuture(new byte[0]));
    }
}
