package muster.registry.query;

import muster.registry.state.Acl;
import muster.registry.state.Part;
import muster.registry.state.State;

/** GET acl/...: all of access control, with the index of one of its tables. */
public record AclRead(Table table) implements StateQuery<Acl> {
    /** Its tables. */
    public enum Table {
        TOKENS, POLICIES, ROLES, METHODS, RULES
    }

    @Override
    public Answer<Acl> answer(State state) {
        Acl.Indexes indexes = state.acl().indexes();
        long index = switch (table) {
            case TOKENS -> indexes.tokens();
            case POLICIES -> indexes.policies();
            case ROLES -> indexes.roles();
            case METHODS -> indexes.methods();
            case RULES -> indexes.rules();
        };
        return Answer.of(state.acl(), index, new Part.Whole(Part.Table.ACL));
    }
}
