package muster.raft;

import java.util.List;
import java.util.Optional;
import org.apache.ratis.protocol.ClientId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the applying thread tells, handed to those who wait for it: proposers, readers, and who listens to the lead. */
final class LogEvents implements PartsMachine.Waiting {
    private static final Logger LOG = LoggerFactory.getLogger(LogEvents.class);

    private final LogServer server;
    private final Proposals proposals;
    private final Leadership leadership;
    private final FirstLead firstLead;
    private final Runnable ended;

    /** @param ended called first where the log stops by itself: nothing may be taken any more */
    LogEvents(LogServer server, Proposals proposals, Leadership leadership, FirstLead firstLead, Runnable ended) {
        this.server = server;
        this.proposals = proposals;
        this.leadership = leadership;
        this.firstLead = firstLead;
        this.ended = ended;
    }

    @Override
    public Optional<Batch> find(ClientId writer, long call) {
        return server.isOwn(writer) ? proposals.find(call) : Optional.empty();
    }

    @Override
    public void appending(ClientId writer, long call) {
        find(writer, call).ifPresent(Batch::written);
    }

    @Override
    public void applied(Optional<Batch> batch, List<Outcome> outcomes) {
        batch.ifPresent(own -> {
            if (outcomes.isEmpty()) {
                proposals.fail(own, new OutcomeUnknownException("the command was applied before this server knew its result"));
            } else {
                proposals.applied(own, outcomes);
            }
        });
        server.cluster().ifPresent(others -> others.advanced(server.index()));
    }

    /**
     * A state that nobody can vouch for, or a disk that doesn't take what was promised: serving on is worse than not
     * serving. The folder stays locked until the log is closed.
     */
    @Override
    public void stopped(Throwable cause, Optional<Batch> batch) {
        LOG.error("log stopped folder={} index={}", server.folder(), server.index(), cause);
        ended.run();
        firstLead.failed(cause);
        // In this order: who hears of the end and proposes again is refused, not kept waiting.
        proposals.end();
        batch.ifPresent(own -> proposals.fail(own, cause));
        proposals.failUnderWay(new OutcomeUnknownException(
                "the log stopped before the command was applied; it may be applied after the next start"));
        Thread.ofPlatform().name("log-stop").daemon().start(server::stopEngine);
    }

    @Override
    public void leading() {
        firstLead.came();
        leadership.changed(true);
    }

    @Override
    public void following() {
        server.cluster().ifPresent(Cluster::lostLead);
        leadership.changed(false);
    }

    @Override
    public void replaced(long index) {
        proposals.failWritten(new OutcomeUnknownException(
                "this server fell behind and took over another's state; the command may be applied in it"));
        server.cluster().ifPresent(others -> others.advanced(index));
    }
}
