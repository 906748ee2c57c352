package muster.dns.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import muster.dns.answer.Draft;
import muster.dns.answer.Fit.Transport;
import muster.dns.lookup.Lookup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Adds what host names lead to, where they stand instead of addresses: behind a CNAME its target's records (RFC 1034 4.3.2),
 * beside an SRV record its target's address. Own names are looked up, others are asked of the recursors; what can't be found
 * is left to the asker. Blocks.
 */
final class Aliases {
    private static final Logger LOG = LoggerFactory.getLogger(Aliases.class);
    /** A chain may be a ring. */
    private static final int MOST_STEPS = 3;
    /** Names followed for one question: each may be a question to a recursor. */
    private static final int MOST_NAMES = 8;

    private final Lookup lookup;
    private final Recursor recursor;
    private final RandomGenerator random;

    Aliases(Lookup lookup, Recursor recursor, RandomGenerator random) {
        this.lookup = lookup;
        this.recursor = recursor;
        this.random = random;
    }

    /** The draft itself where nothing is open in it. */
    Draft follow(Draft all, int type) {
        Draft draft = all.is(Draft.Trait.ALIASES) ? all.inOrder(List.of(oneOf(all.entries()))) : all;
        boolean open = draft.entries().stream().anyMatch(entry -> openTarget(entry, type).isPresent());
        if (!open) {
            return draft;
        }
        int wanted = type == Type.AAAA ? Type.AAAA : Type.A;
        Map<Name, List<Record>> known = new HashMap<>();
        List<Draft.Entry> entries = new ArrayList<>();
        for (Draft.Entry entry : draft.entries()) {
            Optional<Name> target = openTarget(entry, type).filter(name -> known.size() < MOST_NAMES || known.containsKey(name));
            List<Record> found = target.isEmpty() ? List.of()
                    : known.computeIfAbsent(target.get(), name -> resolve(name, wanted, MOST_STEPS));
            if (type == Type.SRV) {
                List<Record> additional = new ArrayList<>(found);
                additional.addAll(entry.additional());
                entries.add(new Draft.Entry(entry.answer(), additional));
            } else {
                entries.add(entry);
                found.forEach(record -> entries.add(Draft.Entry.of(record)));
            }
        }
        return type == Type.SRV ? draft.with(entries) : draft.inOrder(entries);
    }

    private Draft.Entry oneOf(List<Draft.Entry> aliases) {
        return aliases.get(random.nextInt(aliases.size()));
    }

    /** The name that an answer leads to and says nothing more about. */
    private static Optional<Name> openTarget(Draft.Entry entry, int type) {
        return switch (entry.answer()) {
            case CNAMERecord alias when type == Type.A || type == Type.AAAA || type == Type.ANY -> Optional.of(alias.getTarget());
            case SRVRecord srv when entry.additional().stream().noneMatch(more -> more.getName().equals(srv.getTarget())) ->
                Optional.of(srv.getTarget());
            default -> Optional.empty();
        };
    }

    private List<Record> resolve(Name name, int type, int steps) {
        if (steps == 0) {
            return List.of();
        }
        Optional<Draft> own = lookup.draft(name, type);
        if (own.isEmpty()) {
            return recursor.isNone() ? List.of() : asked(name, type);
        }
        List<Record> records = new ArrayList<>();
        for (Draft.Entry entry : own.get().entries()) {
            records.add(entry.answer());
            if (entry.answer() instanceof CNAMERecord alias) {
                records.addAll(resolve(alias.getTarget(), type, steps - 1));
            }
        }
        return records;
    }

    private List<Record> asked(Name name, int type) {
        byte[] question = Message.newQuery(Record.newRecord(name, type, DClass.IN)).toWire();
        // What was cut for a datagram is asked for again over TCP (RFC 7766 5).
        Optional<byte[]> answer = recursor.ask(question, Transport.UDP)
                .flatMap(bytes -> Recursor.isCut(bytes) ? recursor.ask(question, Transport.TCP) : Optional.of(bytes));
        if (answer.isEmpty()) {
            return List.of();
        }
        try {
            return new Message(answer.get()).getSection(Section.ANSWER).stream()
                    .filter(record -> record.getType() == type || record.getType() == Type.CNAME)
                    .toList();
        } catch (IOException e) {
            LOG.warn("recursor's answer can't be read name={} reason={}", name, e.getMessage());
            return List.of();
        }
    }
}
