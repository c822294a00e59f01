using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Fragments joined.</summary>
internal sealed class ReassemblyKernels : KernelSetting
{
    private const int FragmentLength = 1000;

    private readonly MbufReassembler _reassembler;
    private readonly AlignedBytes _first = new(Frames.Fragment(0, FragmentLength, isLast: false));
    private readonly AlignedBytes _second = new(Frames.Fragment(FragmentLength, FragmentLength, isLast: false));
    private readonly AlignedBytes _third = new(Frames.Fragment(2 * FragmentLength, FragmentLength, isLast: true));
    private readonly AlignedBytes _whole = new(Frames.Tcp(Work.PayloadLength));

    public ReassemblyKernels()
        => _reassembler = new MbufReassembler(Arena, new MbufReassemblerOptions { TimeProvider = new StandingTime() });

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<ReassemblyKernels>(
            "reassemble-3", "three fragments of 1,000 bytes made, joined in order, the packet freed",
            static (on, count) => on.InOrder(count)),
        Kernel.Of<ReassemblyKernels>("reassemble-reverse", "the same in reverse order", static (on, count) => on.Reverse(count)),
        Kernel.Of<ReassemblyKernels>(
            "reassemble-none", "a packet that is no fragment",
            static (on, count) => on.NoFragment(count)),
    ];

    public override void Dispose()
    {
        _reassembler.Dispose();
        base.Dispose();
    }

    private void InOrder(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            Require(Add(mbufs, _first.Span, out _) == MbufReassemblyStatus.Held);
            Require(Add(mbufs, _second.Span, out _) == MbufReassemblyStatus.Held);
            Require(Add(mbufs, _third.Span, out MbufChain packet) == MbufReassemblyStatus.Complete);
            packet.Free();
        }
    }

    private void Reverse(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            Require(Add(mbufs, _third.Span, out _) == MbufReassemblyStatus.Held);
            Require(Add(mbufs, _second.Span, out _) == MbufReassemblyStatus.Held);
            Require(Add(mbufs, _first.Span, out MbufChain packet) == MbufReassemblyStatus.Complete);
            packet.Free();
        }
    }

    private void NoFragment(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = mbufs.AllocatePacketFrom(_whole.Span, 0, 0);
        for (int i = 0; i < count; i++)
        {
            Require(_reassembler.Add(mbufs, packet, out packet) == MbufReassemblyStatus.NotFragment);
        }

        packet.Free();
    }

    private MbufReassemblyStatus Add(in MbufScope mbufs, ReadOnlySpan<byte> fragment, out MbufChain packet)
        => _reassembler.Add(mbufs, mbufs.AllocatePacketFrom(fragment, 0, 0), out packet);
}
