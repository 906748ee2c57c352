package muster.testkit.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Jobs as the scheduler keeps them, each for itself: what was registered last, how many instances it is to have, whether it is
 * stopped, and the index of its last change, which grows and which each change's answer tells.
 */
public final class JobModel implements Model<JobModel.State, JobModel.Input, JobModel.Output> {
    /** What is asked of a job. */
    public sealed interface Input {
        String job();

        /** @param mark by which this registration is known from all others */
        record Register(String job, String mark, long count) implements Input {}

        record Scale(String job, long count) implements Input {}

        record Stop(String job) implements Input {}

        record Read(String job) implements Input {}
    }

    /** What is answered. */
    public sealed interface Output {
        /** A change was made, and this is the job's index since. */
        record Done(long index) implements Output {}

        /** @param job empty where there is none; the index is 0 then */
        record Seen(Optional<Job> job, long index) implements Output {}
    }

    /** What a job is at a time. */
    public record Job(String mark, long count, boolean stopped) {}

    /**
     * @param index of the last change; {@link #UNKNOWN} until an answer shows it
     * @param above the index is greater than this
     */
    public record State(Optional<Job> job, long index, long above) {
        static final long UNKNOWN = -1;

        /** With another job, at the index that the answer tells where there is one. */
        private Optional<State> changed(Job next, Optional<Output> output) {
            long least = Math.max(above, index);
            if (output.isEmpty()) {
                return Optional.of(new State(Optional.of(next), UNKNOWN, least));
            }
            long told = ((Output.Done) output.get()).index();
            return told > least ? Optional.of(new State(Optional.of(next), told, least)) : Optional.empty();
        }

        /** The state if the index is the given one, or nothing where it can't be. */
        private Optional<State> at(long seen) {
            if (index != UNKNOWN) {
                return index == seen ? Optional.of(this) : Optional.empty();
            }
            return seen > above ? Optional.of(new State(job, seen, above)) : Optional.empty();
        }
    }

    @Override
    public State initial() {
        return new State(Optional.empty(), 0, 0);
    }

    @Override
    public Optional<State> step(State state, Input input, Optional<Output> output) {
        return switch (input) {
            case Input.Register register -> state.changed(new Job(register.mark(), register.count(), false), output);
            case Input.Scale scale -> scaled(state, scale.count(), output);
            case Input.Stop stop -> state.job().isEmpty() ? Optional.of(state)
                    : state.changed(new Job(state.job().get().mark(), state.job().get().count(), true), output);
            case Input.Read read -> output.isEmpty() ? Optional.of(state) : seen(state, (Output.Seen) output.get());
        };
    }

    /** What is not there can't be scaled, which is not answered as done; what has the count already is not changed. */
    private static Optional<State> scaled(State state, long count, Optional<Output> output) {
        if (state.job().isEmpty()) {
            return output.isEmpty() ? Optional.of(state) : Optional.empty();
        }
        Job job = state.job().get();
        if (job.count() == count) {
            return output.isEmpty() ? Optional.of(state) : state.at(((Output.Done) output.get()).index());
        }
        return state.changed(new Job(job.mark(), count, job.stopped()), output);
    }

    private static Optional<State> seen(State state, Output.Seen seen) {
        return state.job().equals(seen.job()) ? state.at(seen.index()) : Optional.empty();
    }

    @Override
    public List<List<Operation<Input, Output>>> partitions(List<Operation<Input, Output>> history) {
        Map<String, List<Operation<Input, Output>>> byJob = new LinkedHashMap<>();
        history.forEach(operation ->
                byJob.computeIfAbsent(operation.input().job(), job -> new ArrayList<>()).add(operation));
        return List.copyOf(byJob.values());
    }
}
