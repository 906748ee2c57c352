package muster.dns.answer;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;

/**
 * An answer before it is made to fit its asker. It is the same for everybody who asks while the registry holds the same.
 *
 * @param rcode RFC 1035 4.1.1
 * @param entries the answers; where they are no choice, most wanted first
 * @param additional records that belong to no single answer; left out first when there is no room
 */
public record Draft(
        int rcode, Set<Trait> traits, List<Entry> entries, List<Record> authority, List<Record> additional) {
    /** What else there is to know about it. */
    public enum Trait {
        /** It is about a name that this server is responsible for: the AA bit. */
        AUTHORITATIVE,
        /** It is what recursion came to, which sets the RA bit even where nobody could be asked. */
        RECURSED,
        /** The answers are equals to choose from: each asker gets them in another order, and limits on their number apply. */
        CHOICE,
        /** A choice of addresses, whose order follows the weights, and of which there may be a limit on every transport. */
        ADDRESSES,
        /** A choice of host names, of which one is given: an alias stands alone (RFC 1034 3.6.2). */
        ALIASES
    }

    private static final Set<Trait> OWN = Set.of(Trait.AUTHORITATIVE);

    /**
     * One answer and the additional records that explain it; they come and go together.
     *
     * @param weight how much more often than one of weight 1 it comes first; 0 is never before others
     */
    public record Entry(Record answer, List<Record> additional, int weight) {
        public Entry {
            additional = List.copyOf(additional);
        }

        public Entry(Record answer, List<Record> additional) {
            this(answer, additional, 1);
        }

        /** An answer that needs no explanation. */
        public static Entry of(Record answer) {
            return new Entry(answer, List.of());
        }
    }

    public Draft {
        traits = Set.copyOf(traits);
        entries = List.copyOf(entries);
        authority = List.copyOf(authority);
        additional = List.copyOf(additional);
    }

    /** The same with other answers, in this order. */
    public Draft inOrder(List<Entry> otherEntries) {
        Set<Trait> ordered = EnumSet.noneOf(Trait.class);
        ordered.addAll(traits);
        ordered.removeAll(Set.of(Trait.CHOICE, Trait.ADDRESSES, Trait.ALIASES));
        return new Draft(rcode, ordered, otherEntries, authority, additional);
    }

    /** The same with other answers. */
    public Draft with(List<Entry> otherEntries) {
        return new Draft(rcode, traits, otherEntries, authority, additional);
    }

    /** The same with a record that says whose zone it is. */
    Draft withAuthority(Record stated) {
        return new Draft(rcode, traits, entries, List.of(stated), additional);
    }

    public boolean is(Trait trait) {
        return traits.contains(trait);
    }

    static Draft good(List<Entry> entries) {
        return good(entries, List.of(), List.of());
    }

    static Draft good(List<Entry> entries, List<Record> authority, List<Record> additional) {
        return new Draft(Rcode.NOERROR, OWN, entries, authority, additional);
    }

    /** Instances of a service. */
    static Draft choice(List<Entry> entries, Trait... more) {
        Set<Trait> traits = EnumSet.of(Trait.AUTHORITATIVE, Trait.CHOICE);
        traits.addAll(List.of(more));
        return new Draft(Rcode.NOERROR, traits, entries, List.of(), List.of());
    }

    /** No such name, with the record that says how long that may be remembered. */
    static Draft missing(Record soa) {
        return new Draft(Rcode.NXDOMAIN, OWN, List.of(), List.of(soa), List.of());
    }

    /** Just a code, without authority: refused, failed, not understood. */
    public static Draft code(int rcode) {
        return new Draft(rcode, Set.of(), List.of(), List.of(), List.of());
    }

    /** Other servers had to be asked, and none could say. */
    public static Draft recursionFailed() {
        return new Draft(Rcode.SERVFAIL, Set.of(Trait.RECURSED), List.of(), List.of(), List.of());
    }
}
