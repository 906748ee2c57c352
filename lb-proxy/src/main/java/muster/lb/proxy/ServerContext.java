package muster.lb.proxy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLParameters;

/**
 * TLS with one certificate, and the keys of the tickets with which clients resume their sessions. A new key is made every twelve hours, and a ticket
 * is good until the third key after its own. The JDK's engine looks after its tickets itself. Any thread.
 */
final class ServerContext {
    private static final long KEY_NANOS = Duration.ofHours(12).toNanos();
    private static final int KEYS = 3;

    private final SslContext context;
    private final List<String> groups;
    private final SecureRandom random = new SecureRandom();
    private OpenSslSessionTicketKey[] keys = {};
    private volatile long keyMade;

    /** @param groups that the JDK's engine is told of for each connection; BoringSSL's context knows them already */
    ServerContext(SslContext context, List<String> groups) {
        this.context = context;
        this.groups = context instanceof ReferenceCountedOpenSslContext ? List.of() : groups;
        renewKey(System.nanoTime());
    }

    /** Throws {@link io.netty.util.IllegalReferenceCountException} after {@link #release}. */
    SslHandler newHandler(ByteBufAllocator buffers) {
        long now = System.nanoTime();
        if (now - keyMade > KEY_NANOS) {
            renewKey(now);
        }
        SslHandler handler = context.newHandler(buffers);
        if (!groups.isEmpty()) {
            SSLParameters parameters = handler.engine().getSSLParameters();
            parameters.setNamedGroups(groups.toArray(String[]::new));
            handler.engine().setSSLParameters(parameters);
        }
        return handler;
    }

    private synchronized void renewKey(long now) {
        if (keys.length > 0 && now - keyMade <= KEY_NANOS) {
            return;
        }
        keyMade = now;
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            OpenSslSessionTicketKey[] kept = new OpenSslSessionTicketKey[Math.min(KEYS, keys.length + 1)];
            kept[0] = new OpenSslSessionTicketKey(bytes(OpenSslSessionTicketKey.NAME_SIZE), bytes(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
                    bytes(OpenSslSessionTicketKey.AES_KEY_SIZE));
            System.arraycopy(keys, 0, kept, 1, kept.length - 1);
            keys = kept;
            sessions.setTicketKeys(Arrays.copyOf(kept, kept.length));
        }
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Frees it once the last connection that uses it has ended. Once only. */
    void release() {
        ReferenceCountUtil.release(context);
    }
}
