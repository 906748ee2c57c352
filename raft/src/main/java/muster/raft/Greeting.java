package muster.raft;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What two servers say first on a connection: that they speak this protocol, and that they know the same secret. Each sends 32
 * random bytes and gets them back under HMAC-SHA-256, so the secret is never sent, and an old exchange is worth nothing. The
 * side that connects proves itself first: a stranger learns nothing from the side that listens. Then each tells its name and
 * where it is reached, so that servers that moved are found again as soon as they speak to the others.
 */
public final class Greeting {
    /** What is spoken after the greeting: a name of eight characters. */
    public static final String LOG = "MusterL1";
    public static final String MEMBERS = "MusterM1";

    private static final int NONCE = 32;
    private static final byte[] NO_SECRET = {0};

    private final byte[] magic;
    private final byte[] key;
    private final SecureRandom random = new SecureRandom();

    /** @param protocol {@link #LOG} or {@link #MEMBERS} */
    public Greeting(String protocol, Optional<String> secret) {
        this.magic = protocol.getBytes(StandardCharsets.US_ASCII);
        this.key = secret.map(s -> s.getBytes(StandardCharsets.UTF_8)).filter(bytes -> bytes.length > 0).orElse(NO_SECRET);
    }

    /** From the side that connected. Throws {@link IOException} where the other is no server of this cluster. */
    public Member callOn(DataInputStream in, DataOutputStream out, Member self) throws IOException {
        byte[] mine = nonce();
        out.write(magic);
        out.write(mine);
        out.flush();
        byte[] theirs = answered(in);
        out.write(proof("connects", theirs, mine));
        out.flush();
        if (!MessageDigest.isEqual(in.readNBytes(NONCE), proof("listens", mine, theirs))) {
            throw new IOException("the server at the other end does not know this cluster's secret, or this one has another; "
                    + "give both the same");
        }
        tell(out, self);
        return told(in);
    }

    /** From the side that listens. */
    public Member answer(DataInputStream in, DataOutputStream out, Member self) throws IOException {
        byte[] theirs = answered(in);
        byte[] mine = nonce();
        out.write(magic);
        out.write(mine);
        out.flush();
        if (!MessageDigest.isEqual(in.readNBytes(NONCE), proof("connects", mine, theirs))) {
            throw new IOException("the server that connected does not know this cluster's secret");
        }
        out.write(proof("listens", theirs, mine));
        tell(out, self);
        return told(in);
    }

    private static void tell(DataOutputStream out, Member self) throws IOException {
        out.writeUTF(self.id());
        out.writeUTF(self.address());
        out.flush();
    }

    private static Member told(DataInputStream in) throws IOException {
        try {
            return new Member(in.readUTF(), in.readUTF());
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private byte[] answered(DataInputStream in) throws IOException {
        byte[] spoken = in.readNBytes(magic.length);
        if (spoken.length == 0) {
            throw new EOFException("the connection ended before a greeting");
        }
        if (!Arrays.equals(spoken, magic)) {
            throw new IOException(spoken.length < magic.length ? "the connection ended within a greeting"
                    : "the other end does not speak this port's protocol; check the address, the port, and whether both use TLS");
        }
        byte[] nonce = in.readNBytes(NONCE);
        if (nonce.length < NONCE) {
            throw new IOException("the connection ended within a greeting");
        }
        return nonce;
    }

    private byte[] nonce() {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        return nonce;
    }

    private byte[] proof(String side, byte[] challenge, byte[] own) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(side.getBytes(StandardCharsets.US_ASCII));
            mac.update(challenge);
            return mac.doFinal(own);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256", e);
        }
    }
}
