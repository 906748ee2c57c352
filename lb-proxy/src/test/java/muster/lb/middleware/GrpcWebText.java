package muster.lb.middleware;

/** Lets tests of other packages read the text form of gRPC-Web. */
public final class GrpcWebText {
    private GrpcWebText() {}

    public static byte[] decoded(byte[] text) {
        return GrpcWeb.decoded(text);
    }
}
