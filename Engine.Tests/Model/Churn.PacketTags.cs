namespace Engine.Mbufs.Tests.Model;

/// <content>Tags on packets.</content>
internal sealed partial class Churn
{
    private Outcome PrependTag(in MbufScope mbufs)
    {
        if (PickWithHeader() is not { Tags.Count: < 6 } packet || !TryTakeTag(out LooseTag loose))
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        using MbufTag tag = mbufs.OpenTag(loose.Handle);
        chain.PrependTag(tag);
        packet.Tags.Insert(0, loose.Model);
        return Done(packet, chain);
    }

    /// <summary>The first one, and the ones behind it, by cookie and type.</summary>
    private Outcome FindTag(in MbufScope mbufs)
    {
        if (PickWithHeader() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        ModelTag wanted = packet.Tags.Count > 0 && !OneIn(4) ? packet.Tags[_random.Next(packet.Tags.Count)] : NewTag();
        int number = -1;
        bool found = wanted.Cookie == MbufTag.CommonCookie && OneIn(2)
            ? chain.TryFindTag(wanted.Type, out MbufTag tag)
            : chain.TryFindTag(wanted.Cookie, wanted.Type, out tag);
        bool any = found;
        while (true)
        {
            number = packet.Tags.FindIndex(number + 1, one => one.Is(wanted.Cookie, wanted.Type));
            Require(found == (number >= 0), "A tag that is there is found, and no other.");
            if (!found)
            {
                Require(tag.IsNull, "There is no such tag.");
                return any ? Unchanged(packet, chain) : Refused(packet, chain, possible: false);
            }

            Require(packet.Tags[number].Is(tag), "It is the tag that was looked for.");
            found = chain.TryFindTag(wanted.Cookie, wanted.Type, tag, out tag);
        }
    }

    private Outcome UnlinkTag(in MbufScope mbufs)
    {
        if (PickTagged() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int number = Noted(_random.Next(packet.Tags.Count));
        MbufTag tag = TagOf(chain, number);
        chain.UnlinkTag(tag);
        Keep(tag, packet.Tags[number]);
        packet.Tags.RemoveAt(number);
        return Done(packet, chain);
    }

    /// <summary>One tag, one and all behind it, all, or all that do not persist.</summary>
    private Outcome DeleteTags(in MbufScope mbufs)
    {
        if (PickTagged() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int number = Noted(_random.Next(packet.Tags.Count));
        switch (Noted(_random.Next(5)))
        {
            case 0:
                chain.DeleteTagsFrom(TagOf(chain, number));
                packet.Tags.RemoveRange(number, packet.Tags.Count - number);
                break;
            case 1:
                chain.DeleteTags();
                packet.Tags.Clear();
                break;
            case 2:
                chain.DeleteNonPersistentTags();
                packet.Tags.RemoveAll(static tag => (tag.Type & MbufTag.Persistent) == 0);
                break;
            default:
                chain.DeleteTag(TagOf(chain, number));
                packet.Tags.RemoveAt(number);
                break;
        }

        return Done(packet, chain);
    }

    private Outcome WritePacketTag(in MbufScope mbufs)
    {
        if (PickTagged() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int number = Noted(_random.Next(packet.Tags.Count));
        packet.Tags[number] = packet.Tags[number] with { Data = RandomBytes(packet.Tags[number].Data.Length).ToArray() };
        packet.Tags[number].Data.CopyTo(TagOf(chain, number).Data);
        return Done(packet, chain);
    }

    private Outcome CopyTags(in MbufScope mbufs)
    {
        if (PickWithHeader() is not { } packet || PickBut(packet) is not { HasHeader: true } other)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        MbufChain from = BeginOther(mbufs, other);
        if (!chain.TryCopyTagsFrom(from))
        {
            return Exhausted(packet, chain, other, from);
        }

        packet.Tags.Clear();
        packet.Tags.AddRange(other.Tags);
        Close(other, from);
        return Done(packet, chain);
    }

    private ModelPacket? PickTagged()
    {
        for (int attempt = 0; attempt < 8; attempt++)
        {
            if (Pick() is { Tags.Count: > 0 } packet)
            {
                return packet;
            }
        }

        return null;
    }

    private static MbufTag TagOf(in MbufChain chain, int number)
    {
        foreach (MbufTag tag in chain.Tags)
        {
            if (number-- == 0)
            {
                return tag;
            }
        }

        throw new InvalidOperationException("The packet has fewer tags.");
    }
}
