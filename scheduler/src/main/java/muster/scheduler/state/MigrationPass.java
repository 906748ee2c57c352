package muster.scheduler.state;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import muster.scheduler.job.EphemeralDisk;

/**
 * By what a node may read the data of an allocation of another node, and of none but the one whose place an allocation of its own takes:
 * made from its secret, which the servers know too. Pure. (Nomad docs: "ephemeral_disk stanza", {@code migrate})
 */
public final class MigrationPass {
    private static final String PREFIX = "migrate.";

    private MigrationPass() {}

    /** The pass of a node for the data of an allocation; goes where a token goes. */
    public static String of(Node node, String allocation) {
        return PREFIX + node.id() + "." + HexFormat.of().formatHex(sealed(node.secretId(), allocation));
    }

    /** Whether a token is meant to be one. */
    public static boolean isOne(String token) {
        return token.startsWith(PREFIX);
    }

    /** Whether the token lets its bearer read the allocation's data. */
    public static boolean admits(State state, String token, String allocation) {
        String[] parts = token.split("\\.");
        Node node = parts.length == 3 ? state.nodes().get(parts[1]) : null;
        if (node == null || node.secretId().isEmpty() || !parts[2].matches("[0-9a-f]{64}")) {
            return false;
        }
        boolean takesOver = state.allocationsOn(node.id()).stream().anyMatch(own -> own.previousAllocation().equals(allocation) && migrates(own));
        return takesOver && MessageDigest.isEqual(HexFormat.of().parseHex(parts[2]), sealed(node.secretId(), allocation));
    }

    private static boolean migrates(Allocation allocation) {
        EphemeralDisk disk = allocation.job() == null || allocation.group() == null ? null : allocation.group().ephemeralDisk();
        return disk != null && Boolean.TRUE.equals(disk.migrate());
    }

    private static byte[] sealed(String secret, String allocation) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(allocation.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
