package muster.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import muster.scheduler.Instances;
import muster.scheduler.Samples;
import muster.scheduler.job.Job;
import org.junit.jupiter.api.Test;

/** What readers of one allocation wait on: its index is in the allocation, and in no table of topics. */
class IndexesTest {
    private final Job job = Samples.job("web", 1);
    private final Allocation first = Instances.of(job, 0, "node");
    private final Allocation other = Instances.of(job, 1, "node");
    private final Store store = new Store();
    private final Set<String> told = new TreeSet<>();

    private void place(long index, Allocation... placed) {
        store.apply(index, new Command.ApplyPlan(new PlanResult("eval", job, List.of(), List.of(placed), List.of(), null, List.of(),
                List.of(), 1)));
        store.published(index);
    }

    private long index(Allocation of) {
        return store.state().indexOf(Topic.allocation(of.id()), Topic.ALLOCATIONS);
    }

    /** Two are placed one after the other, the first changes, the second is collected; each step tells who waits. */
    @Test
    void anAllocationsIndexIsThatOfItsOwnLastChangeAndThatOfTheTableOnceItIsGone() {
        store.listen((state, changes, topics) -> told.addAll(topics));
        place(5, first);
        place(6, other);
        assertThat(List.of(index(first), index(other))).containsExactly(5L, 6L);

        told.clear();
        store.apply(7, new Command.UpdateFromClients(List.of(first.withClientStatus(Allocation.COMPLETE)), List.of(), 2));
        store.published(7);
        assertThat(List.of(index(first), index(other))).containsExactly(7L, 6L);
        assertThat(told).contains(Topic.allocation(first.id()), Topic.ALLOCATIONS).doesNotContain(Topic.allocation(other.id()));

        told.clear();
        store.apply(8, new Command.Collect(List.of(), List.of(other.id()), List.of(), List.of(), List.of()));
        store.published(8);
        assertThat(told).contains(Topic.allocation(other.id()));
        assertThat(List.of(index(first), index(other))).containsExactly(7L, 8L);
    }
}
