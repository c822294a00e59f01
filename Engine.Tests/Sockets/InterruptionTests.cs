using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

using Engine.Samples.Linux;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>
/// Signals that arrive while a call blocks. The handler restarts system calls, but never those of a socket that has a timeout
/// of its own (signal(7)): they end with EINTR, and it is the engine that goes on.
/// </summary>
[Platform("Linux", Reason = "Elsewhere Socket deals with signals, and the tests cannot see what a thread waits for.")]
[SupportedOSPlatform("linux")]
public sealed class InterruptionTests : MbufFixture
{
    private static IEnumerable<SocketForm> Forms => Portability.IsForced
        ? [SocketForm.Descriptor]
        : [SocketForm.Public, SocketForm.Descriptor];

    [Test]
    public void A_receive_that_a_signal_interrupts_goes_on(
        [ValueSource(nameof(Forms))] SocketForm form, [Values(Transport.Tcp4, Transport.Unix)] Transport transport)
    {
        using var pair = new SocketPair(transport);
        pair.Far.ReceiveTimeout = 0;
        SetTimeout(pair.Far, SocketConstants.ReceiveTimeout, SocketPair.Patience);
        var thread = new BlockedThread();
        Task<byte[]> receiver = Run(() => thread.Enter(() => ReceiveOnce(form, pair.Far)));

        Interrupt(thread);
        Assert.That(receiver.IsCompleted, Is.False, "There was nothing to receive yet.");
        Assert.That(pair.Near.Send(Pattern(1000)), Is.EqualTo(1000));

        Assert.That(receiver.Wait(SocketPair.Patience), "The receive ends.");
        Assert.That(receiver.Result, Is.EqualTo(Pattern(1000)));
    }

    /// <summary>Not over TCP, where a socket that was full has room again as soon as the peer's system says so.</summary>
    [TestCaseSource(nameof(Forms))]
    public void A_send_that_a_signal_interrupts_goes_on(SocketForm form)
    {
        using var pair = new SocketPair(Transport.Unix, buffer: 8192);
        pair.Far.SendTimeout = 0;
        SetTimeout(pair.Far, SocketConstants.SendTimeout, TimeSpan.FromMilliseconds(1));
        int ahead = Fill(pair.Far);
        SetTimeout(pair.Far, SocketConstants.SendTimeout, SocketPair.Patience);
        var thread = new BlockedThread();
        Task<int> sender = Run(() => thread.Enter(() => SendOnce(form, pair.Far)));

        Interrupt(thread);
        Assert.That(sender.IsCompleted, Is.False, "There was no room to send into yet.");
        byte[] received = new byte[ahead];
        while (ahead > 0)
        {
            Assert.That(pair.Near.Poll(SocketPair.Patience, SelectMode.SelectRead));
            ahead -= pair.Near.Receive(received.AsSpan(0, ahead));
        }

        Assert.That(sender.Wait(SocketPair.Patience), "The send ends.");
        Assert.That(sender.Result, Is.InRange(1, 1000));
    }

    /// <summary>Signals the thread once it is inside its system call, and waits until the handler has run.</summary>
    private static void Interrupt(BlockedThread thread)
    {
        using var handled = new ManualResetEventSlim();
        using var registration = PosixSignalRegistration.Create((PosixSignal)Signals.User2, context =>
        {
            context.Cancel = true;
            handled.Set();
        });
        for (int round = 0; round < 3; round++)
        {
            Assert.That(SpinWait.SpinUntil(() => thread.IsInsideTransfer, SocketPair.Patience), "The thread blocks.");
            handled.Reset();
            Assert.That(thread.Signal(Signals.User2), Is.Zero);
            Assert.That(handled.Wait(SocketPair.Patience), "The signal was handled.");
        }
    }

    private byte[] ReceiveOnce(SocketForm form, Socket socket)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        MbufSocketResult result = form.Receive(socket, chain, 5000);
        Assert.That(result, Is.EqualTo(new MbufSocketResult(MbufSocketStatus.Transferred, 1000, 5000, SocketError.Success)));
        return ChainAssert.Bytes(chain);
    }

    private int SendOnce(SocketForm form, Socket socket)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, Pattern(1000));
        MbufSocketResult result = form.Send(socket, chain);
        Assert.That(result.Status, Is.EqualTo(MbufSocketStatus.Transferred));
        ChainAssert.Holds(chain, Pattern(1000).AsSpan(result.Bytes));
        return result.Bytes;
    }

    /// <summary>Fills the socket to the last byte; returns how many it took.</summary>
    private static int Fill(Socket socket)
    {
        int count = 0;
        byte[] chunk = new byte[1000];
        int size = chunk.Length;
        while (size > 0)
        {
            int sent = socket.Send(chunk.AsSpan(0, size), SocketFlags.None, out SocketError error);
            count += sent;
            size = error == SocketError.Success ? size : size / 2;
        }

        return count;
    }

    private static Task<T> Run<T>(Func<T> work) => Task.Factory.StartNew(work, TaskCreationOptions.LongRunning);

    /// <summary>The system's own timeout, under which a descriptor still blocks.</summary>
    private static void SetTimeout(Socket socket, int option, TimeSpan timeout)
    {
        ReadOnlySpan<long> time = [(long)timeout.TotalSeconds, timeout.Milliseconds * 1000L];
        socket.SetRawSocketOption(SocketConstants.LevelSocket, option, MemoryMarshal.AsBytes(time));
    }

    /// <summary>A thread that the tests can look at and send signals to.</summary>
    private sealed class BlockedThread
    {
        private volatile string? _directory;
        private nint _thread;

        /// <summary>True while it is inside readv, writev, sendto or recvfrom, whose numbers differ between processors.</summary>
        public bool IsInsideTransfer
        {
            get
            {
                ReadOnlySpan<int> calls = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? [19, 20, 44, 45] : [65, 66, 206, 207];
                string number = _directory is { } directory ? File.ReadAllText(directory + "/syscall").Split(' ')[0] : "none";
                return int.TryParse(number, CultureInfo.InvariantCulture, out int call) && calls.Contains(call);
            }
        }

        public T Enter<T>(Func<T> work)
        {
            _thread = Signals.CurrentThread();
            _directory = "/proc/" + new FileInfo("/proc/thread-self").LinkTarget;
            try
            {
                return work();
            }
            finally
            {
                _directory = null;
            }
        }

        public int Signal(int signal) => Signals.SendToThread(_thread, signal);
    }
}
