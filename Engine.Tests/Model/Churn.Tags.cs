namespace Engine.Mbufs.Tests.Model;

/// <content>Tags on their own.</content>
internal sealed partial class Churn
{
    private const uint SomeCookie = 0x5EED;

    private readonly List<LooseTag> _tags = [];

    private Outcome AllocateTag(in MbufScope mbufs)
    {
        if (_tags.Count >= _settings.MostPackets / 4)
        {
            return Outcome.Idle;
        }

        ModelTag model = NewTag();
        CountFailures();
        using MbufTag tag = model.Cookie == MbufTag.CommonCookie && OneIn(2)
            ? mbufs.AllocateTag(model.Type, model.Data.Length)
            : mbufs.AllocateTag(model.Cookie, model.Type, model.Data.Length);
        if (tag.IsNull)
        {
            RequireFailure();
            return Outcome.Exhausted;
        }

        model.Data.CopyTo(tag.Data);
        Keep(tag, model);
        return Outcome.Done;
    }

    private Outcome FreeTag(in MbufScope mbufs)
    {
        if (!TryTakeTag(out LooseTag loose))
        {
            return Outcome.Idle;
        }

        MbufTag tag = mbufs.OpenTag(loose.Handle);
        Require(loose.Model.Is(tag), "A tag on no packet changed.");
        if (OneIn(2))
        {
            tag.Free();
        }
        else
        {
            tag.Dispose();
        }

        return Outcome.Done;
    }

    private Outcome CopyTag(in MbufScope mbufs)
    {
        if (_tags.Count >= _settings.MostPackets / 4 || !TryTakeTag(out LooseTag loose))
        {
            return Outcome.Idle;
        }

        MbufTag tag = mbufs.OpenTag(loose.Handle);
        CountFailures();
        using MbufTag copy = tag.Duplicate();
        Keep(tag, loose.Model);
        if (copy.IsNull)
        {
            RequireFailure();
            return Outcome.Exhausted;
        }

        Keep(copy, loose.Model);
        return Outcome.Done;
    }

    private Outcome WriteTag(in MbufScope mbufs)
    {
        if (!TryTakeTag(out LooseTag loose))
        {
            return Outcome.Idle;
        }

        MbufTag tag = mbufs.OpenTag(loose.Handle);
        ModelTag model = loose.Model with { Data = RandomBytes(loose.Model.Data.Length).ToArray() };
        model.Data.CopyTo(tag.Data);
        Keep(tag, model);
        return Outcome.Done;
    }

    /// <summary>Few cookies and types, so that they meet again; mostly short, at times with a cluster.</summary>
    private ModelTag NewTag()
    {
        uint cookie = OneIn(2) ? MbufTag.CommonCookie : SomeCookie;
        int type = Noted(_random.Next(3)) | (OneIn(2) ? MbufTag.Persistent : 0);
        int length = Noted(OneIn(10) ? _random.Next(3_000) : _random.Next(60));
        return new ModelTag(cookie, (ushort)type, RandomBytes(length).ToArray());
    }

    private bool TryTakeTag(out LooseTag tag)
    {
        int number = _random.Next(_tags.Count + 1);
        if (number == _tags.Count)
        {
            tag = default;
            return false;
        }

        tag = _tags[number];
        _tags.RemoveAt(number);
        return true;
    }

    private void Keep(MbufTag tag, ModelTag model)
    {
        Require(model.Is(tag) && !tag.IsAttached, "A tag holds what was written into it.");
        MbufTagHandle handle = tag.Detach();
        Require(!handle.IsNull, "A tag has a handle.");
        _tags.Add(new LooseTag(handle, model));
    }
}
