namespace Engine.Mbufs.Tests.Model;

/// <content>Bytes that are made contiguous.</content>
internal sealed partial class Churn
{
    private Outcome PullUp(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int length = RandomOffset(packet.Length);
        int first = chain.FirstSpan.Length;
        if (!chain.TryPullUp(length, out ReadOnlySpan<byte> view))
        {
            Require(view.IsEmpty && length > first, "What is contiguous already is shown, and else nothing.");
            return Refused(packet, chain, length <= packet.Length && length <= MbufSizes.LargestContiguous);
        }

        Require(view.SequenceEqual(packet.Bytes.Span[..length]), "The view is the first bytes.");
        if (length <= first)
        {
            _before.AssertUnchanged(chain);
        }

        return Done(packet, chain);
    }
}
