package muster.dns.answer;

import java.time.Instant;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/**
 * What is asked, and when.
 *
 * @param name as it was written, letter case included: the answer repeats it so
 * @param domain the one of the server's domains that the name is in
 */
public record Question(Name name, int type, Name domain, Instant now) {
    boolean wantsV4() {
        return type == Type.A || type == Type.ANY;
    }

    boolean wantsV6() {
        return type == Type.AAAA || type == Type.ANY;
    }
}
