using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Engine.Mbufs.Tests;

/// <summary>One of the ways to the same two operations.</summary>
public abstract class SocketForm
{
    /// <summary>The overloads for <see cref="Socket"/>, as every system has them.</summary>
    public static SocketForm Public { get; } = new PublicForm();

    /// <summary>The way of the systems that have no readv, which works on all.</summary>
    public static SocketForm Portable { get; } = new PortableForm();

    /// <summary>The overloads for file descriptors.</summary>
    [SupportedOSPlatform("linux")]
    public static SocketForm Descriptor { get; } = new DescriptorForm();

    /// <summary>The same, receiving into clusters of 9 KiB.</summary>
    [SupportedOSPlatform("linux")]
    public static SocketForm LargeClusters { get; } = new LargeClustersForm();

    public abstract MbufSocketResult Receive(Socket socket, MbufChain chain, int length);

    public abstract MbufSocketResult Send(Socket socket, MbufChain chain);

    public override string ToString() => GetType().Name;

    private sealed class PublicForm : SocketForm
    {
        public override MbufSocketResult Receive(Socket socket, MbufChain chain, int length)
            => MbufSocket.Receive(socket, chain, length);

        public override MbufSocketResult Send(Socket socket, MbufChain chain) => MbufSocket.Send(socket, chain);
    }

    private sealed class PortableForm : SocketForm
    {
        public override MbufSocketResult Receive(Socket socket, MbufChain chain, int length)
            => PortableSocket.Receive(socket, chain, length);

        public override MbufSocketResult Send(Socket socket, MbufChain chain) => PortableSocket.Send(socket, chain);
    }

    [SupportedOSPlatform("linux")]
    private sealed class DescriptorForm : SocketForm
    {
        public override MbufSocketResult Receive(Socket socket, MbufChain chain, int length)
            => MbufSocket.Receive((int)socket.Handle, chain, length);

        public override MbufSocketResult Send(Socket socket, MbufChain chain) => MbufSocket.Send((int)socket.Handle, chain);
    }

    [SupportedOSPlatform("linux")]
    private sealed class LargeClustersForm : SocketForm
    {
        public override MbufSocketResult Receive(Socket socket, MbufChain chain, int length)
            => MbufSocket.Receive((int)socket.Handle, chain, length, MbufClusterSize.Jumbo9);

        public override MbufSocketResult Send(Socket socket, MbufChain chain) => MbufSocket.Send((int)socket.Handle, chain);
    }
}
