package muster.lb.proxy;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import muster.lb.exchange.RequestHead;

/** Socket addresses as text: no zone, and IPv4 as such even on a socket for both. */
final class Addresses {
    private Addresses() {}

    /** Empty for a connection that has gone already. */
    static Optional<RequestHead.Peer> peer(Channel channel, String entryPoint) {
        SocketAddress remote = channel.remoteAddress();
        SocketAddress local = channel.localAddress();
        return remote instanceof InetSocketAddress from && local instanceof InetSocketAddress to
                ? Optional.of(peer(from, to, entryPoint))
                : Optional.empty();
    }

    static RequestHead.Peer peer(InetSocketAddress from, InetSocketAddress to, String entryPoint) {
        return new RequestHead.Peer(text(from.getAddress()), from.getPort(), text(to.getAddress()), to.getPort(), Optional.empty(), entryPoint);
    }

    private static String text(InetAddress address) {
        if (address == null) {
            return "";
        }
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        String plain = zone < 0 ? text : text.substring(0, zone);
        return plain.startsWith("::ffff:") && plain.indexOf('.') > 0 ? plain.substring(7) : plain;
    }
}
