package muster.registry.local;

import java.util.HashSet;
import java.util.Set;
import muster.registry.query.Answer;
import muster.registry.query.StateQuery;
import muster.registry.state.Acl;
import muster.registry.state.Part;
import muster.registry.state.State;

/**
 * A query whose answer is looked at again when rights change, since what it shows depends on them.
 */
record Guarded<A>(StateQuery<A> query) implements StateQuery<Guarded.Seen<A>> {
    /** An answer, and the rights as of the same moment. */
    record Seen<A>(A value, Acl rights) {}

    @Override
    public Answer<Seen<A>> answer(State state) {
        Answer<A> answer = query.answer(state);
        Set<Part> read = new HashSet<>(answer.read());
        read.add(new Part.Whole(Part.Table.ACL));
        return new Answer<>(new Seen<>(answer.value(), state.acl()), answer.index(), read);
    }
}
