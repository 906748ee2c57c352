package muster.scheduler.broker;

import muster.scheduler.plan.Schedulers;
import muster.scheduler.state.Command;
import muster.scheduler.state.PlanResult;

/** Commits plans one after the other, each checked against the newest state. Any thread; callers wait for their turn. */
final class PlanApplier {
    private final Writer writer;

    PlanApplier(Writer writer) {
        this.writer = writer;
    }

    /** Whether all of a plan was committed, and whether anything was. */
    record Committed(boolean full, boolean anything) {}

    synchronized Committed commit(PlanResult plan, boolean allAtOnce) {
        Schedulers.Checked checked = Schedulers.check(writer.state(), plan, allAtOnce);
        boolean anything = !checked.plan().isEmpty() || !checked.plan().evaluations().isEmpty();
        if (anything) {
            writer.write(new Command.ApplyPlan(checked.plan()));
        }
        return new Committed(checked.full(), anything);
    }
}
