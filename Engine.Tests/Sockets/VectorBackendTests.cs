using System.Net.Sockets;
using System.Runtime.Versioning;

using Engine.Mbufs.Tests.Contracts;

using Microsoft.CodeAnalysis;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Sockets;

/// <summary>Room is a seam: a backend in one file, by public members only, receives as the engine's own does.</summary>
public sealed class VectorBackendTests : MbufFixture
{
    /// <summary>As a program that the engine does not know, to which no internal member is visible.</summary>
    [Test]
    public void The_backend_compiles_without_any_internal_member()
    {
        string file = Repository.Read("Engine.Tests/Sockets/VectorBackend.cs");
        Compilation compilation = Snippet.Compile(file, OutputKind.DynamicallyLinkedLibrary);
        compilation = compilation.WithOptions(((Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions)compilation.Options).WithAllowUnsafe(true));

        Assert.That(compilation.Emit(Stream.Null).Diagnostics.Where(static one => one.Severity == DiagnosticSeverity.Error), Is.Empty);
    }

    [Test]
    [Platform("Linux", Reason = "readv(2).")]
    [SupportedOSPlatform("linux")]
    public void Bytes_are_received_at_once_or_in_two_turns([Values(1, 100, 5000, 60_000)] int length, [Values] bool isDeferred)
    {
        byte[] bytes = Pattern(length);
        using var pair = new SocketPair(Transport.Unix);
        int descriptor = (int)pair.Far.SafeHandle.DangerousGetHandle();
        Task<int> sent = Task.Run(() => pair.Near.Send(bytes));
        Mbuf packet;
        using (MbufScope mbufs = Arena.Enter())
        {
            packet = mbufs.AllocatePacket().Detach();
        }

        int received = 0;
        while (received < length)
        {
            packet = isDeferred ? InTwoTurns(descriptor, packet) : AtOnce(descriptor, packet);
            using MbufScope mbufs = Arena.Enter();
            MbufChain chain = mbufs.Open(packet);
            received = chain.Length;
            packet = chain.Detach();
        }

        Assert.That(sent.Result, Is.EqualTo(length));
        using MbufScope last = Arena.Enter();
        using MbufChain all = last.Open(packet);
        ChainAssert.Holds(all, bytes);
    }

    [Test]
    [Platform("Linux", Reason = "readv(2).")]
    [SupportedOSPlatform("linux")]
    public void The_end_of_the_stream_leaves_the_packet_as_it_was([Values] bool isDeferred)
    {
        using var pair = new SocketPair(Transport.Unix);
        pair.Near.Shutdown(SocketShutdown.Send);
        int descriptor = (int)pair.Far.SafeHandle.DangerousGetHandle();
        using MbufScope mbufs = Arena.Enter();
        MbufChain chain = Packet(mbufs, Pattern(100));
        Mbuf packet = isDeferred ? InTwoTurns(descriptor, chain.Detach()) : AtOnce(descriptor, chain.Detach());
        using MbufChain again = mbufs.Open(packet);
        ChainAssert.Holds(again, Pattern(100));
        Assert.That(again.SegmentCount, Is.EqualTo(1));
    }

    private Mbuf AtOnce(int descriptor, Mbuf packet)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain chain = mbufs.Open(packet);
        VectorBackend.Receive(descriptor, chain, 20_000);
        return chain.Detach();
    }

    private Mbuf InTwoTurns(int descriptor, Mbuf packet)
    {
        VectorBackend.Submission submission;
        using (MbufScope mbufs = Arena.Enter())
        {
            submission = VectorBackend.Submit(descriptor, mbufs.Open(packet), 20_000);
        }

        var system = new Thread(submission.Work);
        system.Start();
        system.Join();
        using MbufScope next = Arena.Enter();
        return submission.Complete(next).Detach();
    }
}
