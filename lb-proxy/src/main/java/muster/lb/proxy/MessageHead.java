package muster.lb.proxy;

import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HttpVersion;

/** A head as it stood on the wire, with what it says about its body and its connection. Filled by {@link HeadParser}, then only read. */
final class MessageHead {
    static final long NO_LENGTH = -1;

    String method = "";
    String target = "";
    HttpVersion version = HttpVersion.HTTP_1_1;
    int status;
    String reason = "";
    final HeaderList headers = new HeaderList();
    long contentLength = NO_LENGTH;
    boolean isChunked;
    boolean hasTransferEncoding;
    boolean saysClose;
    boolean saysKeepAlive;
    boolean saysUpgrade;
    boolean hasConnection;
    int hosts;
    String host = "";
    String expect = "";
    String upgrade = "";

    /** Whether another message may follow on the connection. */
    boolean isPersistent() {
        return !saysClose && (version != HttpVersion.HTTP_1_0 || saysKeepAlive);
    }

    /** Whether a request has a body. */
    boolean hasBody() {
        return isChunked || contentLength > 0;
    }
}
