package muster.lb.proxy;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.Channel;

/** What one event loop's connections share; nothing of it is ever touched by another thread. */
final class Loop {
    final EventLoop executor;
    final ChannelFactory<? extends Channel> sockets;
    final Deadlines deadlines;
    final HeadWriter writer = new HeadWriter();
    final TargetPools pools;
    private byte[] scratch = new byte[16 * 1024];
    private long dateSecond;
    private String date = "";

    Loop(EventLoop executor, ChannelFactory<? extends Channel> sockets, ProxySettings settings, int loops, ClientTls tls) {
        this.executor = executor;
        this.sockets = sockets;
        this.deadlines = new Deadlines(executor);
        this.pools = new TargetPools(this, settings, loops, tls);
    }

    /** An array of at least this size for a moment's use. */
    byte[] scratch(int size) {
        if (scratch.length < size) {
            scratch = new byte[Math.max(size, scratch.length * 2)];
        }
        return scratch;
    }

    /** The Date header of this second. */
    String date() {
        long second = System.currentTimeMillis() / 1000;
        if (second != dateSecond) {
            dateSecond = second;
            date = HttpDates.now();
        }
        return date;
    }
}
