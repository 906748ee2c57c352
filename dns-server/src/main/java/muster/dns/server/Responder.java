package muster.dns.server;

import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;
import muster.dns.answer.Draft;
import muster.dns.answer.Encoded;
import muster.dns.answer.Fit;
import muster.dns.answer.Fit.Transport;
import muster.dns.answer.QueryMessage;
import muster.dns.answer.QueryMessage.MalformedException;
import muster.dns.lookup.Lookup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;

/** Bytes of a question to bytes of its answer. Any thread may call; nothing that is sent makes it throw. */
final class Responder {
    private static final Logger LOG = LoggerFactory.getLogger(Responder.class);
    private static final int TRUNCATED = 2;

    private final Lookup lookup;
    private final Fit fit;
    private final Recursor recursor;
    private final Aliases aliases;
    private final InstantSource clock;
    private final boolean compressed;
    private final PreparedAnswers prepared = new PreparedAnswers();

    /** @param compressed whether names in answers may be pointers */
    Responder(Lookup lookup, Fit fit, Recursor recursor, InstantSource clock, RandomGenerator random, boolean compressed) {
        this.lookup = lookup;
        this.fit = fit;
        this.recursor = recursor;
        this.aliases = new Aliases(lookup, recursor, random);
        this.clock = clock;
        this.compressed = compressed;
    }

    /** The answer, if it can be given at once; empty says nothing about whether there is one. Does not block. */
    Optional<byte[]> respondAtOnce(byte[] packet, Transport transport) {
        if (!isQuestion(packet) || !isPlainQuery(packet)) {
            return Optional.empty();
        }
        try {
            QueryMessage query = QueryMessage.parse(packet);
            return isOrdinary(query)
                    ? prepared.find(query, lookup).map(encoded -> fit.bytes(query, encoded, transport, clock.instant()))
                    : Optional.empty();
        } catch (MalformedException e) {
            return Optional.empty();
        } catch (RuntimeException e) {
            LOG.error("prepared answer failed bytes={}", packet.length, e);
            return Optional.empty();
        }
    }

    /** The answer; empty for what is no question at all, since an answer to an answer would go round for ever. Blocks. */
    Optional<byte[]> respond(byte[] packet, Transport transport) {
        if (!isQuestion(packet)) {
            return Optional.empty();
        }
        if ((packet[2] >> 3 & 0xf) != Opcode.QUERY) {
            return Optional.of(bare(packet, Rcode.NOTIMP));
        }
        if (!isPlainQuery(packet)) {
            return Optional.of(bare(packet, Rcode.FORMERR));
        }
        try {
            return Optional.of(answer(QueryMessage.parse(packet), transport));
        } catch (MalformedException e) {
            LOG.debug("packet not understood bytes={} reason={}", packet.length, e.getMessage());
            return Optional.of(bare(packet, Rcode.FORMERR));
        } catch (RuntimeException e) {
            LOG.error("question failed bytes={}", packet.length, e);
            return Optional.of(bare(packet, Rcode.SERVFAIL));
        }
    }

    private static boolean isQuestion(byte[] packet) {
        return packet.length >= QueryMessage.HEADER && (packet[2] & 0x80) == 0;
    }

    /** A query that is whole. */
    private static boolean isPlainQuery(byte[] packet) {
        return (packet[2] >> 3 & 0xf) == Opcode.QUERY && (packet[2] & TRUNCATED) == 0;
    }

    private static boolean isOrdinary(QueryMessage query) {
        return (query.dclass() == DClass.IN || query.dclass() == DClass.ANY)
                && (query.edns().isEmpty() || query.edns().get().version() == 0);
    }

    private byte[] answer(QueryMessage query, Transport transport) {
        if (query.edns().isPresent() && query.edns().get().version() != 0) {
            return fit.bytes(query, Draft.code(Fit.BADVERS), transport, clock.instant());
        }
        if (!isOrdinary(query)) {
            return fit.bytes(query, Draft.code(Rcode.REFUSED), transport, clock.instant());
        }
        Name name = query.name();
        Lookup.Found found = lookup.find(name, query.type());
        if (found.draft().isPresent()) {
            Draft draft = found.draft().get();
            Draft whole = aliases.follow(draft, query.type());
            Encoded encoded = Encoded.of(whole, name, compressed);
            if (whole == draft && draft.rcode() == Rcode.NOERROR) {
                found.basis().ifPresent(basis -> prepared.keep(query, encoded, basis));
            }
            return fit.bytes(query, encoded, transport, clock.instant());
        }
        Optional<byte[]> passedOn = recursor.ask(query.packet(), transport);
        if (passedOn.isPresent()) {
            return passedOn.get();
        }
        boolean refused = recursor.isNone() && !isReverse(name);
        return fit.bytes(query, refused ? Draft.code(Rcode.REFUSED) : Draft.recursionFailed(), transport, clock.instant());
    }

    private static boolean isReverse(Name name) {
        int labels = name.labels();
        return labels >= 2 && name.getLabelString(labels - 2).equalsIgnoreCase("arpa");
    }

    /** A header alone, for a question that can't be repeated. */
    private static byte[] bare(byte[] packet, int rcode) {
        byte[] header = new byte[QueryMessage.HEADER];
        header[0] = packet[0];
        header[1] = packet[1];
        header[2] = (byte) (0x80 | packet[2] & 0x79);
        header[3] = (byte) rcode;
        return header;
    }
}
