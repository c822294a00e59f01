using System.Net.Sockets;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>A pair of sockets for every test, beside the arena, and the operations in the form that the fixture tests.</summary>
public abstract class SocketFixture(SocketForm form, Transport transport, ArenaKind kind) : MbufFixture(kind)
{
    private readonly List<SocketPair> _pairs = [];

    private protected SocketPair Pair { get; private set; } = null!;

    protected SocketForm Form { get; } = form;

    protected Transport Transport { get; } = transport;

    protected static byte[] Nothing => [];

    [SetUp]
    public void Connect_a_pair() => Pair = NewPair();

    [TearDown]
    public void Close_the_pairs()
    {
        Pair.Dispose();
        _pairs.ForEach(static pair => pair.Dispose());
        _pairs.Clear();
    }

    private protected SocketPair NewPair(int buffer = 0)
    {
        var pair = new SocketPair(Transport, buffer);
        _pairs.Add(pair);
        return pair;
    }

    protected MbufSocketResult Receive(MbufChain chain, int length) => Form.Receive(Pair.Near, chain, length);

    protected MbufSocketResult Send(MbufChain chain) => Form.Send(Pair.Near, chain);

    protected static void Moved(MbufSocketResult result, int bytes, int offered)
        => Check(result, new MbufSocketResult(MbufSocketStatus.Transferred, bytes, offered, SocketError.Success));

    protected static void Ended(MbufSocketResult result, MbufSocketStatus status, int offered)
        => Check(result, new MbufSocketResult(status, 0, offered, SocketError.Success));

    protected static void Failed(MbufSocketResult result, SocketError error, int offered)
        => Check(result, new MbufSocketResult(MbufSocketStatus.Failed, 0, offered, error));

    private static void Check(MbufSocketResult result, MbufSocketResult expected) => Assert.That(result, Is.EqualTo(expected));
}
